import { env } from '@/lib/env/env'

/** Where passkeys are made and used: the relying party's id, and the origins whose pages may ask for one. */
export function relyingParty(): { id: string; origins: string[] } {
  const { publicUrl, rpId, demo, port, tlsPort } = env()
  const local = demo && rpId === 'localhost' ? [`http://localhost:${port}`, `https://localhost:${tlsPort}`] : []
  return { id: rpId, origins: [...new Set([publicUrl.origin, ...local])] }
}
