import { database } from '@/db/client'
import { mayOpenMailbox } from '@/lib/http/open-mailbox'
import { listMailbox } from '@/lib/people/list-mailbox'

export async function GET(): Promise<Response> {
  if (!mayOpenMailbox()) return new Response('Not found', { status: 404 })
  return Response.json(await listMailbox(database().db), { headers: { 'Cache-Control': 'no-store' } })
}
