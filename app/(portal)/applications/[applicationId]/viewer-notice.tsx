import { Notice } from '@/components/ui/notice'

/** Why there are no buttons. */
export function ViewerNotice({ act }: { act: string }) {
  return (
    <Notice className="mb-6">
      You are a viewer of this business: you can look, but only one of its owners can {act}.
    </Notice>
  )
}
