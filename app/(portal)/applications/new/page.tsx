import type { Metadata } from 'next'
import { EnvironmentBadge, EnvironmentBar } from '@/components/ui/environment'
import { LinkButton } from '@/components/ui/link-button'
import { Notice } from '@/components/ui/notice'
import { PageHeader } from '@/components/ui/page-header'
import { pageContext } from '@/lib/session/page-context'
import { RegisterForm } from './register-form'

export const metadata: Metadata = { title: 'Register application' }

export default async function NewApplicationPage() {
  const { session } = await pageContext('portal')
  const { customer } = session
  const refusal = !customer
    ? {
        words: 'Applications belong to businesses. Create one first.',
        href: '/customers/new',
        label: 'Create a business',
      }
    : customer.kind !== 'business'
      ? {
          words: 'Applications belong to businesses. Act for one of yours first.',
          href: '/customers',
          label: 'Your businesses',
        }
      : customer.role !== 'owner'
        ? {
            words: `You are a viewer of ${customer.name}. Ask one of its owners.`,
            href: '/applications',
            label: 'Applications',
          }
        : null

  return (
    <>
      <EnvironmentBar environment="sandbox" />
      <PageHeader
        title="Register application"
        breadcrumb={[{ label: 'Applications', href: '/applications' }, { label: 'Register' }]}
        badges={<EnvironmentBadge environment="sandbox" />}
        purpose={
          customer && !refusal ? (
            <>
              It will belong to <span dir="auto">{customer.name}</span> and start in the sandbox, with a key of its own.
            </>
          ) : undefined
        }
      />
      {refusal ? (
        <Notice
          title="You cannot register an application here"
          action={
            <LinkButton href={refusal.href} variant="secondary">
              {refusal.label}
            </LinkButton>
          }
        >
          {refusal.words}
        </Notice>
      ) : (
        <RegisterForm />
      )}
    </>
  )
}
