import type { Answer } from './back-end.js'
import { describe } from './situation.js'
import { joined, text } from './text.js'
import type { Text } from './text.js'

/** `not_reached`: no answer came. `no_login`: not even an ordinary login comes through. `rate_limits`: the back end turns honest people away because there are many of them. */
export type ObstacleKind = 'not_reached' | 'no_login' | 'rate_limits'

/** Why a run cannot go on: an address, a setting or a mapping that does not fit, not what a situation is about. */
export class Obstacle extends Error {
  readonly kind: ObstacleKind
  /** What was seen, and what to do. */
  readonly why: Text
  constructor(kind: ObstacleKind, why: Text) {
    super(why.en)
    this.kind = kind
    this.why = why
  }
}

const LIMITS_ON = text(
  '后端的限流开着：检查会在几秒内从一个地址登录约 600 次。请在这次运行中关掉登录接口的限流（通行服务端：limits: false 或 TONGXING_LIMITS=0），再运行一次',
  'the back end’s rate limits are on, and a check logs in some 600 times from one address within seconds. Switch the limits of the login off for this run (Tongxing’s server: limits: false, or TONGXING_LIMITS=0), and run it again',
)

/** Throws {@link Obstacle} when an honest request was turned away by a rate limit (RFC 6585 §4). */
export function demandNoLimit(answer: Answer): void {
  if (answer.status === 429) throw new Obstacle('rate_limits', joined([describe(answer), LIMITS_ON]))
}

const UNTRUSTED = new Set(['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_SIGNATURE_FAILURE'])
const NO_SUCH_NAME = new Set(['ENOTFOUND', 'EAI_AGAIN'])
const NO_WAY = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'timeout'])

/** Why nothing came back from the address of the back end, and what to do. `ca`: whether an authority was named. */
export function whyNotReached(backEnd: string, { lost = '', detail = '' }: Pick<Answer, 'lost' | 'detail'>, ca: boolean): Text {
  const { protocol, hostname, host, pathname } = new URL(backEnd)
  const [tls, rest] = [protocol === 'https:', `${host}${pathname === '/' ? '' : pathname}`]
  const say = (zh: string, en: string): Text => text(`没有连上后端 ${backEnd}：${zh}（${lost}）`, `the back end ${backEnd} was not reached: ${en} (${lost})`)
  if (lost === 'ECONNREFUSED') return say('那里没有程序在监听。先启动后端，或改正 --backend 的主机和端口', 'nothing listens there. Start the back end first, or correct host and port of --backend')
  if (NO_SUCH_NAME.has(lost)) return say(`这台机器不认识主机名 ${hostname}。改正 --backend，或把它写进 hosts`, `this machine does not know the name ${hostname}. Correct --backend, or put the name into the hosts file`)
  if (NO_WAY.has(lost)) return say('那里没有回答。检查地址、端口和防火墙；容器里的后端要发布端口', 'no answer from there. Check address, port and firewall; a back end in a container must publish its port')
  if (UNTRUSTED.has(lost)) {
    return ca
      ? say('它的证书不是 --ca 文件里的机构签发的。--ca 要的是签发者（根证书）的 PEM', 'its certificate is not signed by the authority of --ca. The file must hold the signer’s certificate (the root), as PEM')
      : say('它的证书由这台机器不认识的机构签发。用 --ca FILE 给出该机构的证书（PEM）', 'its certificate is signed by an authority that is not known here. Name that authority’s certificate (PEM) with --ca FILE')
  }
  if (lost === 'ERR_TLS_CERT_ALTNAME_INVALID') return say(`它的证书不是给 ${hostname} 的（${detail}）。在 --backend 里用证书上的名字`, `its certificate is not for ${hostname} (${detail}). Use a name of the certificate in --backend`)
  if (lost.startsWith('CERT_')) return say('它的证书此刻无效。换一张有效的证书，或对准机器的钟', 'its certificate is not valid at this time. Renew it, or set the clock of the machine right')
  if (tls) return say(`那里说的不是 TLS。若是 http，请用 --backend http://${rest}`, `it speaks no TLS there. If that is http, use --backend http://${rest}`)
  return say(`连接被关闭，没有 HTTP 回答。若那里是 https，请用 --backend https://${rest}`, `it closed the connection without an answer in HTTP. If that is https, use --backend https://${rest}`)
}
