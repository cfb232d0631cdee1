// What a back end speaks for a client that brings no protocol of its own: POST /login with the code, and the token as it is in Authorization.
export const dialect = {
  codeOf: ({ path, body }) => path === '/login' ? JSON.parse(body).code : undefined,
  tokenOf: ({ headers }) => headers.authorization,
  answer: (openid) => ({ openid }),
  dead: () => [401, {}],
  loggedIn: (token) => [200, { token }],
}
