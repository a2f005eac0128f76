import { getTranslations } from 'next-intl/server'
import { LinkButton } from '@/components/ui/link-button'
import { Notice } from '@/components/ui/notice'
import type { CustomerOption } from './customer-options'

type UnableProps = { customers: CustomerOption[]; isSandbox: boolean }

/** Why nothing can be allowed here; nothing where something can. */
export async function Unable({ customers, isSandbox }: UnableProps) {
  const t = await getTranslations('AuthWeb')
  if (customers.some(({ barrier }) => barrier === null)) return null
  if (customers.length === 0) {
    return (
      <Notice meaning="warning" title={t('unable.noCustomerTitle')}>
        {t('unable.noCustomer')}
      </Notice>
    )
  }
  if (customers.every(({ barrier }) => barrier === 'viewer')) {
    return (
      <Notice meaning="warning" title={t('unable.viewerTitle')}>
        {t('unable.viewer')}
      </Notice>
    )
  }
  return (
    <Notice
      meaning="warning"
      title={t('unable.noAccountTitle')}
      action={
        isSandbox ? (
          <LinkButton href="/accounts" variant="secondary">
            {t('unable.openAccount')}
          </LinkButton>
        ) : undefined
      }
    >
      {isSandbox ? t('unable.noAccountSandbox') : t('unable.noAccountProduction')}
    </Notice>
  )
}
