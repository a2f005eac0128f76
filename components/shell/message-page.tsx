import type { ReactNode } from 'react'
import { Logo } from '@/components/brand/logo'
import { Link } from '@/components/ui/link'

export type MessagePageProps = {
  icon: ReactNode
  /** What happened. */
  title: string
  /** What to do. */
  children: ReactNode
  action?: ReactNode
  /** To quote to support. */
  requestId?: string
  requestIdLabel?: string
  /** Finds the one error in the log where a request had several. */
  errorId?: string
  errorIdLabel?: string
  lang?: string
  /** Inside a shell, which has the sign and the landmarks already. */
  inShell?: boolean
}

/** A page that says one thing: an error, a thing that is not there. */
export function MessagePage({
  icon,
  title,
  children,
  action,
  requestId,
  requestIdLabel = 'Request id',
  errorId,
  errorIdLabel = 'Error id',
  lang,
  inShell = false,
}: MessagePageProps) {
  const message = (
    <>
      <span className="flex size-12 items-center justify-center rounded-md border border-line bg-surface text-muted [&_svg]:size-6">
        {icon}
      </span>
      <div className="flex flex-col gap-2">
        <h1 className="text-h2">{title}</h1>
        <div className="flex max-w-prose flex-col gap-2 text-muted">{children}</div>
      </div>
      {action ? <div className="flex flex-wrap gap-3">{action}</div> : null}
      <div className="flex flex-col gap-1 text-meta text-muted">
        {requestId ? (
          <p>
            {requestIdLabel}: <code className="break-all text-ink select-all">{requestId}</code>
          </p>
        ) : null}
        {errorId ? (
          <p>
            {errorIdLabel}: <code className="break-all text-ink select-all">{errorId}</code>
          </p>
        ) : null}
      </div>
    </>
  )
  if (inShell) return <div className="flex flex-col items-start gap-5 pt-[8vh]">{message}</div>
  return (
    <div lang={lang} className="mx-auto flex min-h-dvh w-full max-w-form flex-col px-4">
      <header className="flex min-h-16 items-center">
        <Link href="/" className="flex min-h-11 items-center rounded-md">
          <Logo />
        </Link>
      </header>
      <main id="content" className="flex flex-1 flex-col items-start gap-5 pt-[12vh] pb-16">
        {message}
      </main>
    </div>
  )
}
