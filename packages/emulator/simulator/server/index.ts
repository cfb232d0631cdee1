export { openSimulator } from './simulator.js'
export type { Simulator, SimulatorOptions } from './simulator.js'
export type { SimulatorControls } from './commands.js'
export type { EraName } from '../wire/state.js'
