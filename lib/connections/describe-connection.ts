import { createTranslator } from 'use-intl/core'
import { assert } from '@/lib/core/errors'
import type { OperationFacts } from '@/lib/dispositions/operation'
import type { Locale, Statement } from '@/lib/dispositions/schema'
import en from '@/messages/en.json'
import it from '@/messages/it.json'

const CATALOGUES = { en, it }

/**
 * What the person reads before they grant a Connection, and what their signature covers by its hash. From the catalogues,
 * but here rather than in a page: what was signed must be what the server says was shown.
 */
export function describeConnection(facts: OperationFacts, locale: Locale): Statement {
  const t = createTranslator({ locale, messages: CATALOGUES[locale], namespace: 'Connections.statement' })
  const { application, account } = facts
  assert(account, 'a Connection reaches an account')
  const rows = [
    { label: t('application'), value: application.name },
    { label: t('owner'), value: application.ownerName ?? t('ownerUnverified') },
    { label: t('account'), value: `${account.name} · ${account.ibanMasked} · ${account.customerName}` },
    { label: t('until'), value: t('untilRevoked') },
  ]
  if (facts.environment === 'sandbox') rows.push({ label: t('environment'), value: t('sandbox') })
  if (facts.reference !== null) rows.push({ label: t('reference'), value: facts.reference })
  return {
    title: t('title', { application: application.name }),
    rows,
    allowsTitle: t('allowsTitle'),
    allows: [t('allowsRead'), t('allowsAsk'), t('allowsKeep')],
    forbidsTitle: t('forbidsTitle'),
    forbids: [t('forbidsPay'), t('forbidsOthers')],
  }
}
