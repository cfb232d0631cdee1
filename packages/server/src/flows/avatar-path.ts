/** Where the picture of an id is served, and what is stored as its address: without the origin, so that the service may move. */
export function avatarPath(id: string): string {
  return `/v1/avatars/${id}`
}
