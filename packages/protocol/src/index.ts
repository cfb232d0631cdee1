export { ERRORS } from './errors.js'
export type { Action, EndReason, ErrorCode, ErrorRow, Problem, ProblemField } from './errors.js'
export { ROUTES } from './routes.js'
export type {
  ActiveToken, ConsentRequest, EraseReceipt, ExportResponse, ExportedSession, IntrospectRequest, IntrospectResponse, ListedSession, LoginRequest, LoginResponse, LoginUser, LogoutRequest, MeResponse, Phone, PhoneByCode, PhoneByData, PhoneFailure,
  PhoneRequest, PhoneResponse, Profile, ProfileRequest, RedeemRequest, RedeemResponse, SessionResponse, SessionsResponse, TicketResponse, UpdateMeRequest,
} from './routes.js'
