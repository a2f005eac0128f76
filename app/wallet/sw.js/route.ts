import en from '@/messages/en.json'
import it from '@/messages/it.json'
import { workerSource } from './worker-source'

export const dynamic = 'force-static'

/** The service worker, with its words in every language: a notification cannot ask a catalogue. */
export function GET(): Response {
  return new Response(workerSource({ en: en.Wallet.push, it: it.Wallet.push }), {
    headers: {
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'no-cache',
      // The script lies under /wallet/ and serves /wallet itself, too.
      'Service-Worker-Allowed': '/wallet',
    },
  })
}
