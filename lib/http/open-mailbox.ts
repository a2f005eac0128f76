import { requestInfo } from '@/lib/context/request-info'
import { env } from '@/lib/env/env'

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1)$/

/** contract.md, SMTP_URL: the mailbox is there in demo mode without SMTP, for who sits at this machine, not through a proxy. */
export function mayOpenMailbox(): boolean {
  const { demo, smtpUrl } = env()
  const info = requestInfo()
  return demo && smtpUrl === null && info !== null && !info.forwarded && LOOPBACK.test(info.address)
}
