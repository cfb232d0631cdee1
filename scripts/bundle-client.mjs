// Bundles the client: CJS for "build npm" (miniprogram_dist), ESM for Taro and uni-app, and types that import nothing.
import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { build } from 'esbuild'

const PROTOCOL = /(['"])@tongxing\/protocol\1/g

export async function bundleClient(root) {
  const client = path.join(root, 'packages/client')
  const entry = path.join(client, 'src/index.ts')
  const shared = { entryPoints: [entry], bundle: true, target: 'es2017', platform: 'neutral', mainFields: ['module', 'main'], logLevel: 'warning' }
  await Promise.all([
    build({ ...shared, format: 'cjs', minify: true, outfile: path.join(client, 'miniprogram_dist/index.js') }),
    build({ ...shared, format: 'esm', outfile: path.join(client, 'dist/index.js') }),
  ])
  await inlineProtocolTypes(path.join(root, 'packages/protocol/dist'), path.join(client, 'dist/types'))
}

// The published client has no dependency, so its types carry the protocol's types with them.
async function inlineProtocolTypes(protocol, types) {
  await mkdir(path.join(types, 'protocol'), { recursive: true })
  for (const file of await readdir(protocol)) {
    if (file.endsWith('.d.ts')) await cp(path.join(protocol, file), path.join(types, 'protocol', file))
  }
  for (const file of await readdir(types)) {
    if (!file.endsWith('.d.ts')) continue
    const target = path.join(types, file)
    const text = await readFile(target, 'utf8')
    const inlined = text.replace(PROTOCOL, '$1./protocol/index.js$1')
    if (inlined !== text) await writeFile(target, inlined)
  }
}
