import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { PageHeader } from '@/components/ui/page-header'
import { listOwnFactors } from '@/lib/people/list-factors'
import { listPasskeys } from '@/lib/people/list-passkeys'
import { listSessions } from '@/lib/people/list-sessions'
import { pageContext } from '@/lib/session/page-context'
import { EmailCard } from './email-card'
import { LanguageCard } from './language-card'
import { PasskeysCard } from './passkeys-card'
import { PasswordCard } from './password-card'
import { PhoneCard } from './phone-card'
import { RecoveryCodesCard } from './recovery-codes-card'
import { SessionsCard } from './sessions-card'
import { TotpCard } from './totp-card'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('Security'))('title') }
}

export default async function SecurityPage() {
  const { ctx, session } = await pageContext('secure')
  const [passkeys, factors, sessions] = await Promise.all([listPasskeys(ctx), listOwnFactors(ctx), listSessions(ctx)])
  const t = await getTranslations('Security')
  const waits = (from: Date) => from.getTime() > ctx.now.getTime()
  const hasOlder = passkeys.some((key) => !waits(key.acceptsFrom)) || factors.totp !== null
  return (
    <>
      <PageHeader title={t('title')} purpose={t('purpose')} />
      <div className="flex flex-col gap-6">
        <PasskeysCard
          passkeys={passkeys.map((key) => ({
            id: key.id,
            name: key.name,
            backedUp: key.backedUp,
            createdAt: key.createdAt.toISOString(),
            lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
            acceptsFrom: waits(key.acceptsFrom) ? key.acceptsFrom.toISOString() : null,
          }))}
          hasOlder={hasOlder}
          hasRecoveryCodes={factors.recoveryCodesLeft > 0}
          now={ctx.now.toISOString()}
          locale={session.person.locale}
        />
        <TotpCard
          since={factors.totp?.createdAt.toISOString() ?? null}
          now={ctx.now.toISOString()}
          locale={session.person.locale}
        />
        {/* A number that is there can be removed, also where text messages are off by now. */}
        {factors.smsOn || factors.phone ? (
          <PhoneCard
            phone={factors.phone && { number: factors.phone.number, since: factors.phone.createdAt.toISOString() }}
            now={ctx.now.toISOString()}
            locale={session.person.locale}
          />
        ) : null}
        <RecoveryCodesCard left={factors.recoveryCodesLeft} />
        <SessionsCard
          sessions={sessions.map((one) => ({
            id: one.id,
            current: one.current,
            userAgent: one.userAgent,
            address: one.address,
            createdAt: one.createdAt.toISOString(),
            lastActiveAt: one.lastActiveAt.toISOString(),
          }))}
          now={ctx.now.toISOString()}
          locale={session.person.locale}
        />
        <PasswordCard />
        <EmailCard email={session.person.email} />
        <LanguageCard locale={session.person.locale} />
      </div>
    </>
  )
}
