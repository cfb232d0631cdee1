// The back end that the tutorials teach: Express, axios, jsonwebtoken with a string secret, SQLite as it opens.
import path from 'node:path'
import axios from 'axios'
import express from 'express'
import jwt from 'jsonwebtoken'
import Database from 'libsql'
import { options, ready } from './child.mjs'

const SECRET = 'a secret string of some length'
const db = new Database(path.join(options.dataDir, 'tutorial.db'))
db.exec('create table users (id integer primary key, openid text unique, session_key text)')
const find = db.prepare('select id from users where openid = ?')
const insert = db.prepare('insert into users (openid, session_key) values (?, ?)')
const update = db.prepare('update users set session_key = ? where id = ?')

const app = express()
app.use(express.json())
app.post('/login', async (request, response) => {
  const { data } = await axios.get(`${options.wechat}/sns/jscode2session`, {
    params: { appid: options.app.appid, secret: options.app.secret, js_code: request.body.code, grant_type: 'authorization_code' },
  })
  const { openid, session_key: sessionKey } = typeof data === 'string' ? JSON.parse(data) : data
  const user = find.get([openid])
  const id = user ? user.id : insert.run([openid, sessionKey]).lastInsertRowid
  if (user) update.run([sessionKey, id])
  response.json({ token: jwt.sign({ id: Number(id), openid }, SECRET, { expiresIn: '7d' }) })
})
const server = app.listen(0, '127.0.0.1', () => ready(`http://127.0.0.1:${server.address().port}`, () => server.closeAllConnections()))
