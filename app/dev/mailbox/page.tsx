import { Inbox } from 'lucide-react'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { Fragment } from 'react'
import { PublicShell } from '@/components/shell/public-shell'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { Time } from '@/components/ui/time'
import { database } from '@/db/client'
import { mayOpenMailbox } from '@/lib/http/open-mailbox'
import { listMailbox } from '@/lib/people/list-mailbox'

export const metadata: Metadata = { title: 'Mailbox', referrer: 'no-referrer', robots: { index: false } }

export default async function MailboxPage() {
  if (!mayOpenMailbox()) notFound()
  const mails = await listMailbox(database().db)
  return (
    <PublicShell lang="en">
      <PageHeader
        title="Mailbox"
        purpose="Mails that this demo would have sent. Reload to see new ones; set SMTP_URL to send them for real."
      />
      {mails.length === 0 ? (
        <EmptyState icon={<Inbox />} title="No mail yet">
          Sign up, or sign in with a password: the link or code arrives here.
        </EmptyState>
      ) : (
        <ul className="flex max-w-prose flex-col gap-4">
          {mails.map((mail, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two mails may be of one moment; the list never moves under the reader
            <li key={index} className="rounded-md border border-line bg-surface">
              <article className="flex flex-col gap-3 px-4 py-4 sm:px-6">
                <header className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
                  <h2 className="text-lead font-semibold">{mail.subject}</h2>
                  <Time value={mail.at} format="exact" className="text-meta text-muted" />
                  <p className="w-full text-meta break-words text-muted">{mail.to}</p>
                </header>
                <p className="break-words whitespace-pre-wrap">{withLinks(mail.text)}</p>
              </article>
            </li>
          ))}
        </ul>
      )}
    </PublicShell>
  )
}

/** Addresses in a mail become links; everything else stays text. */
function withLinks(text: string) {
  return text.split(/(https?:\/\/\S+)/).map((part, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
      <a key={index} href={part} className="link break-all">
        {part}
      </a>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
      <Fragment key={index}>{part}</Fragment>
    ),
  )
}
