import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { Link } from '@/components/ui/link'
import { Notice } from '@/components/ui/notice'
import { env } from '@/lib/env/env'
import { CODE_METHODS, type CodeMethod } from '@/lib/people/schema'
import { currentSession } from '@/lib/session/current-session'
import { parseReturnTo, withReturnTo } from '@/lib/session/return-to'
import { signInUnderWay } from '@/lib/session/sign-in-steps'
import { startPage } from '@/lib/session/start-page'
import { EntryPage } from '../entry-page'
import { PasskeyForm } from './passkey-form'
import { PasswordForm } from './password-form'
import { SecondFactorForm } from './second-factor-form'

type Search = { return_to?: string; step?: string; method?: string; again?: string }

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('SignIn'))('title') }
}

export default async function SignInPage({ searchParams }: { searchParams: Promise<Search> }) {
  const { return_to, step, method, again } = await searchParams
  const returnTo = parseReturnTo(return_to)
  if (step === 'second-factor') {
    const underWay = await signInUnderWay()
    if (underWay) return <SecondStep methods={underWay.methods} chosen={method} returnTo={underWay.returnTo} />
  } else if (!returnTo) {
    const session = await currentSession()
    if (session?.opensOwnerAreas) redirect(startPage(session))
  }
  return <FirstStep returnTo={returnTo} again={again !== undefined} />
}

async function FirstStep({ returnTo, again }: { returnTo: string | null; again: boolean }) {
  const t = await getTranslations('SignIn')
  return (
    <EntryPage title={t('title')} purpose={t('purpose')}>
      {again ? <Notice>{t('again')}</Notice> : null}
      <PasswordForm returnTo={returnTo} />
      <div className="flex items-center gap-3 text-meta text-muted">
        <span className="h-px flex-1 bg-line" />
        {t('or')}
        <span className="h-px flex-1 bg-line" />
      </div>
      <PasskeyForm returnTo={returnTo} />
      <p className="text-muted">
        {t('noAccount')}{' '}
        <Link className="link" href="/sign-up">
          {t('signUpLink')}
        </Link>
      </p>
    </EntryPage>
  )
}

type SecondStepProps = { methods: string[]; chosen: string | undefined; returnTo: string | null }

async function SecondStep({ methods, chosen, returnTo }: SecondStepProps) {
  const t = await getTranslations('SignIn')
  const offered = CODE_METHODS.filter((one) => methods.includes(one))
  const method = offered.find((one) => one === chosen) ?? offered[0]
  const others = offered.filter((one) => one !== method)
  const words: Record<CodeMethod, string> = {
    totp: t('useTotp'),
    'mail-code': t('useMail'),
    'sms-code': t('useSms'),
    'recovery-code': t('useRecovery'),
  }
  return (
    <EntryPage title={t('secondTitle')} purpose={t('secondPurpose')}>
      {method ? <SecondFactorForm method={method} /> : <p className="text-muted">{t('noMethod')}</p>}
      {methods.includes('passkey') ? <PasskeyForm returnTo={returnTo} /> : null}
      <ul className="flex flex-col gap-2">
        {others.map((other) => (
          <li key={other}>
            <Link className="link" href={withMethod(other)}>
              {words[other]}
            </Link>
          </li>
        ))}
        {method === 'mail-code' && env().demo && env().smtpUrl === null ? (
          <li>
            <a className="link" href="/dev/mailbox" target="_blank" rel="noreferrer">
              {t('mailbox')}
            </a>
          </li>
        ) : null}
        <li>
          <Link className="link" href={withReturnTo('/sign-in', returnTo)}>
            {t('startOver')}
          </Link>
        </li>
      </ul>
    </EntryPage>
  )
}

function withMethod(method: CodeMethod): string {
  return `/sign-in?step=second-factor&method=${method}`
}
