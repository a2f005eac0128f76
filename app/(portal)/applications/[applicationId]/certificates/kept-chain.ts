const KEY = 'countersign-chain'

/** Hands a chain, which is public, from the page that made it to the one that submits it. Taken once. */
export function keepChain(pem: string): void {
  sessionStorage.setItem(KEY, pem)
}

export function takeChain(): string | null {
  const pem = sessionStorage.getItem(KEY)
  sessionStorage.removeItem(KEY)
  return pem
}
