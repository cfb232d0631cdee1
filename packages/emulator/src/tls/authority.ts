import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { WECHAT_HOSTS } from '../origin.js'
import { makeAuthority, makeHostIdentity } from './certificate.js'

/** What a TLS server needs, and what its clients must trust. */
export interface TlsIdentity {
  /** PEM of the server's certificate. */
  readonly cert: string
  /** PEM of the server's key. */
  readonly key: string
  /** PEM of the authority that clients must trust. */
  readonly ca: string
  /** Where `ca` is kept; undefined when it ends with the emulator. */
  readonly caFile: string | undefined
}

const NAME = 'Tongxing emulator, local only'
/** What the authority may vouch for, and the certificate is for. */
const HOSTS: readonly string[] = [...WECHAT_HOSTS, 'localhost', '127.0.0.1', '::1']
/** ms before its end at which a kept authority is replaced. */
const RENEWAL = 30 * 86_400_000

interface Authority {
  /** PEM. */
  readonly certificate: string
  readonly privateKey: KeyObject
}

/** A fresh certificate for WeChat's hosts and loopback. With a directory the authority is kept there, so that it is trusted once. `now` in ms, by the real clock: clients check it. Throws Error when what is kept cannot be read. */
export function makeTlsIdentity(directory: string | undefined, now: number): TlsIdentity {
  const authority = directory === undefined ? makeAuthority(NAME, HOSTS, now) : keptAuthority(directory, now)
  const { publicKey } = new X509Certificate(authority.certificate)
  const host = makeHostIdentity({ ...authority, name: NAME, publicKey }, HOSTS, now)
  return {
    cert: host.certificate,
    key: host.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    ca: authority.certificate,
    caFile: directory === undefined ? undefined : join(directory, 'ca.pem'),
  }
}

function keptAuthority(directory: string, now: number): Authority {
  const [certificateFile, keyFile] = [join(directory, 'ca.pem'), join(directory, 'ca-key.pem')]
  const kept = readIfThere(certificateFile)
  if (kept !== undefined && Date.parse(new X509Certificate(kept).validTo) - RENEWAL > now) {
    const privateKey = createPrivateKey(readFileSync(keyFile))
    if (new X509Certificate(kept).checkPrivateKey(privateKey)) return { certificate: kept, privateKey }
    throw new Error(`${keyFile} is not the key of ${certificateFile}; delete both to make a new authority`)
  }
  const made = makeAuthority(NAME, HOSTS, now)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  writeAside(keyFile, made.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, 0o600)
  writeAside(certificateFile, made.certificate, 0o644)
  return made
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

// Written beside and moved over it, so that a crash leaves no half file.
function writeAside(file: string, text: string, mode: number): void {
  const aside = `${file}.${randomBytes(4).toString('hex')}.new`
  writeFileSync(aside, text, { mode, flag: 'wx' })
  renameSync(aside, file)
}
