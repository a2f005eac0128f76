import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { stepUpAndGoAction } from '@/components/step-up/actions'
import { StepUpForms } from '@/components/step-up/step-up-forms'
import { LinkButton } from '@/components/ui/link-button'
import { isSteppedUp } from '@/lib/access/require'
import { listOwnFactors } from '@/lib/people/list-factors'
import { pageContext } from '@/lib/session/page-context'
import { parseReturnTo } from '@/lib/session/return-to'
import { EntryPage } from '../entry-page'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('StepUp'))('title') }
}

export default async function StepUpPage({ searchParams }: { searchParams: Promise<{ return_to?: string }> }) {
  const { ctx } = await pageContext('portal')
  const returnTo = parseReturnTo((await searchParams).return_to)
  const t = await getTranslations('StepUp')
  if (!returnTo && ctx.actor.steppedUpAt && isSteppedUp(ctx.actor, ctx.now)) {
    return (
      <EntryPage title={t('doneTitle')} purpose={t('done')}>
        <LinkButton href="/security" className="self-start">
          {t('goOn')}
        </LinkButton>
      </EntryPage>
    )
  }
  const { methods } = await listOwnFactors(ctx)
  return (
    <EntryPage title={t('title')} purpose={t('purpose')}>
      <StepUpForms methods={methods} action={stepUpAndGoAction} returnTo={returnTo} />
    </EntryPage>
  )
}
