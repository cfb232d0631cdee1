import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import { bits, boolean, element, integer, octets, oid, sequence, set, tagged, time, utf8 } from './der.js'

/** A certificate and the key that belongs to it. */
export interface Identity {
  /** PEM. */
  readonly certificate: string
  readonly privateKey: KeyObject
}

/** Hosts that a certificate is for: DNS names and IP addresses. */
export type HostNames = readonly string[]

interface Validity {
  /** ms since the epoch. */
  readonly from: number
  readonly until: number
}

const DAY = 86_400_000
const CA_LIFE = 3650 * DAY
/** Browsers and Java refuse certificates of hosts that live much longer. */
const HOST_LIFE = 397 * DAY

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'))

/** A new certificate authority that can vouch for `hosts` only, whoever gets hold of its key. `now` in ms. */
export function makeAuthority(name: string, hosts: HostNames, now: number): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const extensions = [
    extension('2.5.29.19', true, sequence(boolean(true), integer(Buffer.from([0])))),
    extension('2.5.29.15', true, bits(Buffer.from([0x06]), 1)),
    extension('2.5.29.14', false, octets(keyId(spki))),
    extension('2.5.29.30', true, sequence(tagged(0, hosts.map((host) => sequence(constraint(host)))))),
  ]
  const subject = nameOf(name)
  return { certificate: issue({ subject, issuer: subject, spki, extensions, validity: { from: now - DAY, until: now + CA_LIFE } }, privateKey), privateKey }
}

/** A certificate of a server for `hosts`, signed by the authority with that name. `now` in ms. */
export function makeHostIdentity(authority: Identity & { readonly name: string, readonly publicKey: KeyObject }, hosts: HostNames, now: number): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const extensions = [
    extension('2.5.29.19', true, sequence()),
    extension('2.5.29.15', true, bits(Buffer.from([0x80]), 7)),
    extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.17', false, sequence(...hosts.map(generalName))),
    extension('2.5.29.14', false, octets(keyId(spki))),
    extension('2.5.29.35', false, sequence(tagged(0, [keyId(authority.publicKey.export({ type: 'spki', format: 'der' }))], true))),
  ]
  const certificate = issue({ subject: nameOf(hosts[0] ?? ''), issuer: nameOf(authority.name), spki, extensions, validity: { from: now - DAY, until: now + HOST_LIFE } }, authority.privateKey)
  return { certificate, privateKey }
}

interface Contents {
  readonly subject: Buffer
  readonly issuer: Buffer
  /** The public key, as it stands in a certificate. */
  readonly spki: Buffer
  readonly extensions: readonly Buffer[]
  readonly validity: Validity
}

function issue({ subject, issuer, spki, extensions, validity }: Contents, key: KeyObject): string {
  const version3 = tagged(0, [integer(Buffer.from([2]))])
  const contents = sequence(
    version3, integer(randomBytes(16)), ECDSA_SHA256, issuer,
    sequence(time(validity.from), time(validity.until)), subject, spki, tagged(3, [sequence(...extensions)]),
  )
  const der = sequence(contents, ECDSA_SHA256, bits(sign('sha256', contents, key)))
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/(.{64})(?!$)/g, '$1\n')}\n-----END CERTIFICATE-----\n`
}

const nameOf = (commonName: string): Buffer => sequence(set(sequence(oid('2.5.4.3'), utf8(commonName))))

const keyId = (spki: Buffer): Buffer => createHash('sha256').update(spki).digest().subarray(0, 20)

const extension = (id: string, critical: boolean, value: Buffer): Buffer => sequence(oid(id), ...critical ? [boolean(true)] : [], octets(value))

function generalName(host: string): Buffer {
  return isIP(host) === 0 ? element(0x82, Buffer.from(host)) : element(0x87, addressBytes(host))
}

// Of an address the constraint is a network: the address itself, with a mask of ones.
function constraint(host: string): Buffer {
  if (isIP(host) === 0) return generalName(host)
  const address = addressBytes(host)
  return element(0x87, address, Buffer.alloc(address.length, 0xff))
}

function addressBytes(host: string): Buffer {
  if (isIP(host) === 4) return Buffer.from(host.split('.').map(Number))
  // Only ::1 is asked for; a general reader of IPv6 has no use here.
  if (host !== '::1') throw new RangeError(`no certificates for the address ${host}`)
  return Buffer.concat([Buffer.alloc(15), Buffer.from([1])])
}
