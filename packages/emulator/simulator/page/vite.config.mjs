import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'

export default {
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/_emulator/simulator/page/',
  plugins: [vue()],
  define: { __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
  build: {
    outDir: fileURLToPath(new URL('../../dist/simulator/page', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 1200,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
}
