import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { getDispositionForImporter } from '@/lib/dispositions/get-disposition-for-importer'
import { DispositionRef } from '@/lib/dispositions/schema'
import { orNotFound } from '@/lib/http/or-not-found'
import { pageContext } from '@/lib/session/page-context'
import { Approval } from './approval'
import { Outcome } from './outcome'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('Wallet.home'))('decide') }
}

export default async function OperationPage({ params }: { params: Promise<{ dispositionId: string }> }) {
  const { ctx } = await pageContext('wallet')
  const ref = DispositionRef.safeParse({ id: (await params).dispositionId })
  if (!ref.success) notFound()
  const disposition = await orNotFound(getDispositionForImporter(ctx, ref.data))
  if (disposition.status === 'IMPORTED') return <Approval disposition={disposition} now={ctx.now} />
  return <Outcome disposition={disposition} />
}
