'use client'

import { ChevronRight } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { parseDeeplink } from '../../deeplink'
import { keepToken } from '../../pending-import'

/** For who cannot scan: the same link as in the code, as text. It is read here and goes nowhere but to the import. */
export function PasteLink({ publicOrigin, isOpen }: { publicOrigin: string; isOpen: boolean }) {
  const t = useTranslations('Wallet.scan')
  const router = useRouter()
  const [isWrong, setWrong] = useState(false)

  function open(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const link = String(new FormData(event.currentTarget).get('link') ?? '')
    const token = parseDeeplink(link, [publicOrigin, location.origin])
    setWrong(token === null)
    if (token === null) return
    keepToken(token, 'scan')
    router.replace('/wallet/d')
  }

  return (
    <details open={isOpen || undefined} className="group rounded-md border border-line bg-surface">
      <summary className="flex min-h-12 list-none items-center gap-2 rounded-md px-4 font-medium [&::-webkit-details-marker]:hidden">
        <ChevronRight aria-hidden className="size-4 shrink-0 text-muted group-open:rotate-90" />
        {t('pasteTitle')}
      </summary>
      <form onSubmit={open} className="flex flex-col gap-4 px-4 pb-4">
        <Field
          name="link"
          label={t('pasteLabel')}
          hint={t('pasteHint', { example: `${publicOrigin}/wallet/d` })}
          error={isWrong ? t('wrong') : undefined}
        >
          <Input inputMode="url" autoComplete="off" autoCapitalize="off" spellCheck={false} />
        </Field>
        <Button type="submit" variant="secondary" size="lg">
          {t('pasteOpen')}
        </Button>
      </form>
    </details>
  )
}
