'use client'

import { useTranslations } from 'next-intl'
import { ErrorMessage, type ErrorMessageProps } from '@/components/shell/error-message'

export default function ErrorPage({ error, retry }: Omit<ErrorMessageProps, 'words'>) {
  const t = useTranslations('ErrorPages')
  return (
    <ErrorMessage
      error={error}
      retry={retry}
      words={{
        title: t('title'),
        body: t('body'),
        awayTitle: t('awayTitle'),
        awayBody: t('awayBody'),
        again: t('again'),
        start: t('start'),
        requestId: t('requestId'),
        errorId: t('errorId'),
      }}
    />
  )
}
