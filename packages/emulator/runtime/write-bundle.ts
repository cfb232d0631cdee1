// Build step of the package: writes phone.js beside this file and prints its size.
import { writePhoneBundle } from './bundle.js'

const { minified, gzipped } = writePhoneBundle()
console.log(`phone.js: ${(minified / 1024).toFixed(1)} KiB, ${(gzipped / 1024).toFixed(1)} KiB gzip`)
