import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, posix, resolve } from 'node:path'
import type { Message } from 'esbuild'
import { transformSync } from 'esbuild'
import type { DiagnosticList } from './diagnostics.js'

/** The files of a mini program, by their path inside it ('pages/index/index.wxml'). Packages appear under miniprogram_npm/. */
export interface ProgramFolder {
  readonly root: string
  has(file: string): boolean
  read(file: string): string
  /** Parsed JSON object, or undefined (absent or broken; broken is reported). */
  json(file: string): Record<string, unknown> | undefined
  /** Where a file really lies. */
  locate(file: string): string
  /** A package's path inside the program, mounted from node_modules when it is not in a miniprogram_npm. */
  packagePath(name: string, fromFile: string): string | undefined
}

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile()

export const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** project.config.json may name the folder that holds app.json. */
export function findProgramRoot(folder: string, diagnostics: DiagnosticList): string {
  const root = resolve(folder)
  const config = join(root, 'project.config.json')
  if (isFile(join(root, 'app.json')) || !isFile(config)) return root
  const parsed = parseJson('project.config.json', readFileSync(config, 'utf8'), diagnostics)
  return typeof parsed?.miniprogramRoot === 'string' ? join(root, parsed.miniprogramRoot) : root
}

export function openProgramFolder(folder: string, diagnostics: DiagnosticList): ProgramFolder {
  const root = findProgramRoot(folder, diagnostics)
  const mounts = new Map<string, string>()
  const locate = (file: string): string => {
    for (const [prefix, place] of mounts) if (file.startsWith(`${prefix}/`)) return join(place, file.slice(prefix.length + 1))
    return join(root, file)
  }
  const read = (file: string): string => readFileSync(locate(file), 'utf8').replace(/^\uFEFF/, '')
  const has = (file: string): boolean => isFile(locate(file))
  const json = (file: string): Record<string, unknown> | undefined => has(file) ? parseJson(file, read(file), diagnostics) : undefined

  const packagePath = (name: string, fromFile: string): string | undefined => {
    for (let at = dirname(fromFile); ; at = dirname(at)) {
      const path = posix.join(at, 'miniprogram_npm', name)
      if (existsSync(locate(path)) || mounts.has(path)) return path
      if (at === '.' || at === '/') break
    }
    const place = findInstalledPackage(name, dirname(locate(fromFile)), diagnostics) ?? findInstalledPackage(name, root, diagnostics)
    if (place === undefined) return undefined
    mounts.set(`miniprogram_npm/${name}`, place)
    return `miniprogram_npm/${name}`
  }
  return { root, has, read, json, locate, packagePath }
}

/** For development: what "npm build" would copy, which is the folder named by `miniprogram`, else the one that holds `main`. */
function findInstalledPackage(name: string, from: string, diagnostics: DiagnosticList): string | undefined {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name)
    if (isFile(join(folder, 'package.json'))) {
      const manifest = parseJson(`node_modules/${name}/package.json`, readFileSync(join(folder, 'package.json'), 'utf8'), diagnostics)
      if (manifest === undefined) return undefined
      if (typeof manifest.miniprogram === 'string') return join(folder, manifest.miniprogram)
      return typeof manifest.main === 'string' ? dirname(join(folder, manifest.main)) : folder
    }
    if (dirname(at) === at) return undefined
  }
}

function parseJson(file: string, text: string, diagnostics: DiagnosticList): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
    diagnostics.error(file, 'must hold a JSON object')
  } catch (error) {
    const place = findJsonError(text)
    diagnostics.error(file, `is not valid JSON: ${place?.text ?? String(error)}`, place?.location?.line, (place?.location?.column ?? -1) + 1)
  }
  return undefined
}

/** Node 20 does not always say where; esbuild does, and calls a trailing comma a warning. */
function findJsonError(text: string): Message | undefined {
  try {
    return transformSync(text, { loader: 'json', logLevel: 'silent' }).warnings[0]
  } catch (error) {
    return (error as { errors?: Message[] }).errors?.[0]
  }
}
