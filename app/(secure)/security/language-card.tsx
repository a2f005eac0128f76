import { getTranslations } from 'next-intl/server'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import { SubmitButton } from '@/components/ui/submit-button'
import { chooseLocaleAction } from '@/lib/session/actions'

export async function LanguageCard({ locale }: { locale: 'en' | 'it' }) {
  const t = await getTranslations('Security.language')
  return (
    <Card title={t('title')} description={t('description')}>
      <form action={chooseLocaleAction} className="flex max-w-form flex-col gap-4">
        <Field name="locale" label={t('title')}>
          <Select key={locale} defaultValue={locale}>
            <option value="en" lang="en">
              {t('en')}
            </option>
            <option value="it" lang="it">
              {t('it')}
            </option>
          </Select>
        </Field>
        <SubmitButton variant="secondary" className="self-start">
          {t('save')}
        </SubmitButton>
      </form>
    </Card>
  )
}
