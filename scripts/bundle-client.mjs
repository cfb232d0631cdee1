// Bundles the client: CJS for "build npm" (miniprogram_dist), ESM for Taro and uni-app, and types that import nothing of ours.
import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { build } from 'esbuild'
import { minifySync } from 'vite'

const PROTOCOL = /(['"])@tongxing\/protocol\1/g

// What a mini program can require; the bindings are for Taro and uni-app, which bundle for themselves.
const FOR_PHONES = ['index', 'messages']
const BINDINGS = ['react', 'vue']

export async function bundleClient(root) {
  const client = path.join(root, 'packages/client')
  const shared = { bundle: true, target: 'es2017', platform: 'neutral', mainFields: ['module', 'main'], external: BINDINGS, logLevel: 'warning' }
  const entry = (name) => path.join(client, `src/${name}.ts`)
  await Promise.all([
    ...FOR_PHONES.map((name) => bundleCjs({ ...shared, entryPoints: [entry(name)] }, ['miniprogram_dist', 'dist/cjs'].map((folder) => path.join(client, folder, `${name}.js`)))),
    build({ ...shared, entryPoints: [...FOR_PHONES, ...BINDINGS].map(entry), format: 'esm', outdir: path.join(client, 'dist') }),
  ])
  await inlineProtocolTypes(path.join(root, 'packages/protocol/dist'), path.join(client, 'dist/types'))
  // `require` reads the same types, in a folder that is CommonJS.
  await cp(path.join(client, 'dist/types'), path.join(client, 'dist/cjs/types'), { recursive: true })
  await writeFile(path.join(client, 'dist/cjs/package.json'), '{ "type": "commonjs" }\n')
}

// esbuild's own CJS wrapper (getters for live bindings, an __esModule mark) weighs 200 bytes gzip; nothing here needs it.
async function bundleCjs(shared, outfiles) {
  const { outputFiles: [{ text }] } = await build({ ...shared, format: 'esm', write: false })
  const esm = minify(text)
  const cjs = esm.replace(/export\{([^}]+)\};?\s*$/, (_, names) => `module.exports={${names.split(',').map((name) => {
    const [local, exported = local] = name.split(' as ')
    return `${exported}:${local}`
  }).join(',')}};\n`)
  if (cjs === esm) throw new Error('the client bundle does not end in one export list')
  for (const outfile of outfiles) {
    await mkdir(path.dirname(outfile), { recursive: true })
    await writeFile(outfile, cjs)
  }
}

/**
 * What esbuild bundled, made small by oxc: it reuses the same short names in each scope, which gzip likes (3 % less than esbuild's own). esbuild writes
 * every top-level declaration as `var`; said to be constants again, numbers and patterns go where they are used (35 bytes gzip less).
 */
export function minify(esm) {
  const constant = esm.replace(/^var (?=[\w$]+ = )/gm, 'const ')
  const { code, errors } = minifySync('client.js', constant, { module: true, compress: { target: 'es2017' }, mangle: { toplevel: true } })
  if (errors.length > 0) throw new Error(`the client bundle cannot be minified: ${errors[0].message}`)
  return code
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
