import type { Metadata } from 'next'
import { PageHeader } from '@/components/ui/page-header'
import { pageContext } from '@/lib/session/page-context'
import { CreateBusinessForm } from './create-business-form'

export const metadata: Metadata = { title: 'Create a business' }

export default async function NewBusinessPage() {
  await pageContext('portal')
  return (
    <>
      <PageHeader
        title="Create a business"
        breadcrumb={[{ label: 'Your businesses', href: '/customers' }, { label: 'Create' }]}
        purpose="You become its owner. It gets a sandbox account with test money at once, and can register applications."
      />
      <CreateBusinessForm />
    </>
  )
}
