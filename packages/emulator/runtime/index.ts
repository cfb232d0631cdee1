// The runtime's public entry in Node. The phone itself is the script that readPhoneBundle() returns.
export { compileProgram } from './compiler/compile.js'
export type { CompiledProgram } from './compiler/compile.js'
export { CompileError, formatDiagnostic } from './compiler/diagnostics.js'
export type { Diagnostic } from './compiler/diagnostics.js'
export { compileOrShowErrors, watchProgram } from './compiler/watch.js'
export type { WatchedBundle } from './compiler/watch.js'
export { printErrorBundle } from './compiler/bundle-text.js'
export { readPhoneBundle, writePhoneBundle } from './bundle.js'
export type { BundleSize } from './bundle.js'
export { createPhone } from './create-phone.js'
export type { PhoneOptions, TestPhone } from './create-phone.js'
export type {
  ErrorReport, Gesture, GestureDepth, LaunchOptions, NavigationEntry, NicknameReview, OpenTypeButton, PhoneConsole, PhoneHost,
} from './phone/host.js'
export { SUPPORTED_TAGS } from './supported-tags.js'
export type { SupportedTag } from './supported-tags.js'
