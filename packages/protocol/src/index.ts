export { ERRORS } from './errors.js'
export type { Action, EndReason, ErrorCode, ErrorRow, Problem, ProblemField } from './errors.js'
export { ROUTES } from './routes.js'
export type {
  ListedSession, LoginRequest, LoginResponse, LoginUser, LogoutRequest, MeResponse, Profile, ProfileRequest, SessionResponse, SessionsResponse, UpdateMeRequest,
} from './routes.js'
