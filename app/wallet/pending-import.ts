// The import token between the moment it is read and the moment the server has taken it, across a sign-in. Session storage
// belongs to this tab alone and ends with it.
const TOKEN_KEY = 'countersign.import-token'
const CAME_BY_LINK_KEY = 'countersign.came-by-link'

/** A link is followed on the device that started the request; a code is scanned by another one. */
export type CameBy = 'link' | 'scan'

export function keepToken(token: string, cameBy: CameBy): void {
  sessionStorage.setItem(TOKEN_KEY, token)
  sessionStorage.setItem(CAME_BY_LINK_KEY, cameBy === 'link' ? 'next' : '')
}

export function keptToken(): string | null {
  return sessionStorage.getItem(TOKEN_KEY)
}

export function dropToken(): void {
  sessionStorage.removeItem(TOKEN_KEY)
}

/** The token has become a disposition: remembers whether this one came by a link. */
export function exchangeToken(dispositionId: string): void {
  dropToken()
  if (sessionStorage.getItem(CAME_BY_LINK_KEY) === 'next') sessionStorage.setItem(CAME_BY_LINK_KEY, dispositionId)
}

/** True once: a person who comes back to the page by the back button is not sent away again. */
export function takeCameByLink(dispositionId: string): boolean {
  if (sessionStorage.getItem(CAME_BY_LINK_KEY) !== dispositionId) return false
  sessionStorage.removeItem(CAME_BY_LINK_KEY)
  return true
}
