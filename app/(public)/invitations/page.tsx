import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import type { ReactNode } from 'react'
import { AcceptInvitation } from '@/app/(portal)/applications/accept-invitation'
import { LinkButton } from '@/components/ui/link-button'
import { Notice } from '@/components/ui/notice'
import { APPLICATION_ROLE_WORDS } from '@/lib/access/permissions'
import { currentSession } from '@/lib/session/current-session'
import { requestContext } from '@/lib/session/request-context'
import { findInvitation } from '@/lib/team/find-invitation'
import type { ReceivedInvitation } from '@/lib/team/schema'
import { EntryPage } from '../entry-page'
import { SignUpForm } from '../sign-up/sign-up-form'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('Invitation'))('title'), robots: { index: false } }
}

/**
 * Opening the link changes nothing yet: scanners of mail open links too. Links that are unknown, used, withdrawn or too old
 * look alike.
 */
export default async function InvitationPage({ searchParams }: { searchParams: Promise<{ token?: string }> }) {
  const { token } = await searchParams
  const t = await getTranslations('Invitation')
  const session = await currentSession()
  const ctx = await requestContext(session?.actor ?? ({ kind: 'anonymous' } as const))
  const invitation = typeof token === 'string' ? await findInvitation(ctx, { token }) : null
  if (!invitation || !token) {
    return (
      <EntryPage title={t('overTitle')} purpose={t('over')}>
        <LinkButton href="/applications" className="self-start">
          {t('toApplications')}
        </LinkButton>
      </EntryPage>
    )
  }
  const { invitedBy, applicationName, customerName, role } = invitation
  const purpose = t('purpose', {
    inviter: invitedBy,
    application: applicationName,
    owner: customerName,
    role: APPLICATION_ROLE_WORDS[role].label,
  })
  return (
    <EntryPage title={t('title')} purpose={purpose}>
      {invitation.isClaimed ? (
        <Notice title={t('claimedTitle')}>{t('claimed', { inviter: invitedBy })}</Notice>
      ) : !session ? (
        <Arriving invitation={invitation} />
      ) : session.person.email.toLowerCase() === invitation.email.toLowerCase() ? (
        <AcceptInvitation fields={{ token }} problem={t('problem')} pendingLabel={t('working')}>
          {t('accept')}
        </AcceptInvitation>
      ) : (
        <OtherAddress token={token} own={session.person.email} invitation={invitation} />
      )}
    </EntryPage>
  )
}

/** Nobody is signed in: the invitation waits for its address, so that no link has to be carried through sign-up. */
async function Arriving({ invitation: { email } }: { invitation: ReceivedInvitation }) {
  const t = await getTranslations('Invitation')
  return (
    <>
      <Section title={t('haveAccountTitle')} text={t('haveAccount', { email })}>
        <LinkButton href="/sign-in?return_to=%2Fapplications" className="self-start">
          {t('signIn')}
        </LinkButton>
      </Section>
      <Section title={t('newTitle')} text={t('new', { email })}>
        <SignUpForm email={email} />
      </Section>
    </>
  )
}

async function OtherAddress(props: { token: string; own: string; invitation: ReceivedInvitation }) {
  const { token, own, invitation } = props
  const { email, invitedBy: inviter } = invitation
  const t = await getTranslations('Invitation')
  return (
    <>
      <Notice meaning="warning" title={t('otherTitle')}>
        {t('other', { email, own, inviter })}
      </Notice>
      <AcceptInvitation fields={{ token }} problem={t('problem')} pendingLabel={t('working')}>
        {t('ask', { inviter })}
      </AcceptInvitation>
    </>
  )
}

function Section({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-4 border-t border-line pt-6">
      <div>
        <h2 className="text-lead font-semibold">{title}</h2>
        <p className="break-words text-muted">{text}</p>
      </div>
      {children}
    </section>
  )
}
