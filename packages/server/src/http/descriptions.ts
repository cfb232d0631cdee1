import { z } from 'zod'
import type { ZodType } from 'zod'
import { eraseAnswer, exportAnswer, introspectAnswer, loginAnswer, meAnswer, phoneAnswer, redeemAnswer, sessionAnswer, sessionsAnswer, statusAnswer, ticketAnswer } from './answers.js'
import { schema as introspectBody } from './v1-introspect.js'
import { schema as loginBody } from './v1-login.js'
import { schema as logoutBody } from './v1-logout.js'
import { schema as updateMeBody } from './v1-me.js'
import { schema as consentBody } from './v1-me-consents.js'
import { schema as phoneBody } from './v1-me-phone.js'
import { schema as redeemBody } from './v1-tickets-redeem.js'

/** What openapi.json says of a route. */
export interface Description {
  readonly zh: string
  readonly en: string
  /** Whose credential the call carries. */
  readonly by: 'session' | 'api key' | 'nobody'
  /** `picture`: one file as multipart/form-data. */
  readonly body?: ZodType | 'picture'
  /** Of the success; absent when it has no body of JSON. */
  readonly answer?: ZodType
  /** Of the success. Default: 200, or 204 without an answer. */
  readonly status?: number
}

const text = z.string()
const profileBody = z.object({ rawData: text, signature: text, encryptedData: text.optional(), iv: text.optional() })

/** By method and path; the tests demand one of every route. */
export const DESCRIPTIONS: Readonly<Record<string, Description>> = {
  'POST /v1/login': { zh: '用 wx.login 的 code 换取登录凭证', en: 'Swaps the code of wx.login for a session', by: 'nobody', body: loginBody, answer: loginAnswer },
  'POST /v1/logout': { zh: '退出登录', en: 'Ends the session, or all of its user', by: 'session', body: logoutBody },
  'GET /v1/session': { zh: '校验登录凭证（也用于网关的 forward-auth）', en: 'Checks a session; also forward-auth of gateways', by: 'session', answer: sessionAnswer },
  'GET /v1/sessions': { zh: '列出用户的登录设备', en: 'Where the user is logged in', by: 'session', answer: sessionsAnswer },
  'DELETE /v1/sessions/{id}': { zh: '结束一台设备上的登录', en: 'Ends one of the user’s sessions', by: 'session' },
  'GET /v1/me': { zh: '当前用户', en: 'The user', by: 'session', answer: meAnswer },
  'PUT /v1/me': { zh: '填写昵称', en: 'Takes a nickname that the user typed', by: 'session', body: updateMeBody, answer: meAnswer },
  'POST /v1/me/avatar': { zh: '上传头像（wx.uploadFile）', en: 'Takes a picture from wx.uploadFile', by: 'session', body: 'picture', answer: meAnswer },
  'GET /v1/avatars/{id}': { zh: '头像图片', en: 'The picture', by: 'nobody', status: 200 },
  'POST /v1/me/profile': { zh: '提交 getUserProfile 或 getUserInfo 的结果', en: 'Takes what getUserProfile or getUserInfo handed out', by: 'session', body: profileBody, answer: meAnswer },
  'POST /v1/me/phone': { zh: '用手机号按钮的 code 换取手机号', en: 'Swaps the code of the phone button for the number', by: 'session', body: phoneBody, answer: phoneAnswer },
  'PUT /v1/me/consents/{purpose}': { zh: '同意某项用途', en: 'The user agrees to a purpose', by: 'session', body: consentBody },
  'DELETE /v1/me/consents/{purpose}': { zh: '撤回同意', en: 'The user withdraws', by: 'session' },
  'GET /v1/me/export': { zh: '导出本人的全部数据', en: 'Everything that is held on the user', by: 'session', answer: exportAnswer },
  'POST /v1/me/erase': { zh: '注销并删除本人的全部数据', en: 'Forgets the user, with a receipt', by: 'session', answer: eraseAnswer },
  'POST /v1/tickets': { zh: '签发打开 web-view 的一次性票据', en: 'A one-time hand-over to a web-view', by: 'session', answer: ticketAnswer },
  'POST /v1/tickets/redeem': { zh: 'H5 后端兑换票据', en: 'The H5’s back end redeems a ticket', by: 'api key', body: redeemBody, answer: redeemAnswer },
  'POST /v1/introspect': { zh: '后端查询登录凭证（RFC 7662）', en: 'Tells a back end what a token is worth (RFC 7662)', by: 'api key', body: introspectBody, answer: introspectAnswer },
  'GET /v1/wechat/push/{appid}': { zh: '微信后台验证消息推送地址', en: 'The WeChat console looks whether this is the app’s back end', by: 'nobody', status: 200 },
  'POST /v1/wechat/push/{appid}': { zh: '接收微信推送的事件', en: 'Takes an event that WeChat pushes', by: 'nobody', status: 200 },
  'GET /healthz': { zh: '进程存活', en: 'The process lives', by: 'nobody', answer: statusAnswer },
  'GET /readyz': { zh: '可以接收请求', en: 'Requests may be sent here', by: 'nobody', answer: statusAnswer },
  'GET /openapi.json': { zh: '本文档', en: 'This document', by: 'nobody', answer: z.looseObject({ openapi: text }) },
}
