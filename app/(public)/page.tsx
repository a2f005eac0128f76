import { Check } from 'lucide-react'
import { getTranslations } from 'next-intl/server'
import type { ReactNode } from 'react'
import { CodeBlock } from '@/components/ui/code-block'
import { LinkButton } from '@/components/ui/link-button'
import { env } from '@/lib/env/env'

export default async function LandingPage() {
  const t = await getTranslations('Landing')
  const shell = await getTranslations('Shell')
  return (
    <div className="flex flex-col gap-10 lg:gap-12 lg:pt-4">
      <header className="flex flex-col items-start gap-5">
        <h1 className="max-w-[22ch] text-h1 lg:text-[2.75rem] lg:leading-[1.1]">{t('title')}</h1>
        <p className="max-w-prose text-lead text-muted">{t('lead')}</p>
        <div className="flex flex-wrap gap-3">
          <LinkButton href="/sign-in" size="lg">
            {shell('signIn')}
          </LinkButton>
          <LinkButton href="/sign-up" size="lg" variant="secondary">
            {shell('signUp')}
          </LinkButton>
        </div>
      </header>

      <div className="grid gap-x-12 gap-y-10 border-t border-line pt-8 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.2fr)] lg:pt-10">
        <section className="flex flex-col gap-4">
          <h2 className="text-h3">{t('ownerTitle')}</h2>
          <ul className="flex flex-col gap-2.5">
            <Point>{t('ownerRead')}</Point>
            <Point>{t('ownerAccept')}</Point>
            <Point>{t('ownerRevoke')}</Point>
          </ul>
        </section>
        <section className="flex min-w-0 flex-col gap-4">
          <h2 className="text-h3">{t('developerTitle')}</h2>
          <ul className="flex flex-col gap-2.5">
            <Point>{t('developerSandbox')}</Point>
            <Point>{t('developerToken')}</Point>
          </ul>
          <CodeBlock
            label={t('snippet')}
            copyLabel={t('copy')}
            copiedLabel={t('copied')}
            code={quickstart(env().publicUrl.origin)}
          />
        </section>
      </div>
    </div>
  )
}

function Point({ children }: { children: ReactNode }) {
  return (
    <li className="flex gap-3">
      <Check aria-hidden className="mt-0.5 size-4 shrink-0 text-accent-text" />
      <span className="max-w-prose min-w-0">{children}</span>
    </li>
  )
}

function quickstart(origin: string): string {
  return `curl ${origin}/oa2/v1/cc/token \\
  -H 'Content-Type: application/json' \\
  -d '{
    "grant_type": "client_credentials",
    "client_id": "YOUR_APPLICATION_KEY",
    "client_secret": "YOUR_APPLICATION_SECRET",
    "scope": "app"
  }'`
}
