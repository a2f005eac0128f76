import { getTranslations } from 'next-intl/server'
import { SubmitButton } from '@/components/ui/submit-button'
import { switchPersonAction } from './actions'

type SignedInAsProps = { requestId: string; person: { name: string; email: string } }

/** Who answers, and the way out for whoever is not. */
export async function SignedInAs({ requestId, person }: SignedInAsProps) {
  const t = await getTranslations('AuthWeb')
  return (
    <form
      action={switchPersonAction}
      className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-md border border-line bg-surface py-2 pr-2 pl-4"
    >
      <input type="hidden" name="requestId" value={requestId} />
      <p className="min-w-0 break-words">
        {t.rich('signedInAs', { name: person.name, b: (chunks) => <bdi className="font-medium">{chunks}</bdi> })}
        <span className="block text-meta text-muted">{person.email}</span>
      </p>
      <SubmitButton variant="ghost" size="sm" pendingLabel={t('working')}>
        {t('notYou')}
      </SubmitButton>
    </form>
  )
}
