// Entry of the runtime bundle: globalThis.tongxingPhone.boot(globalThis.__mp__, host).
import { boot } from './boot.js'

Object.assign(globalThis, { tongxingPhone: { boot } })
