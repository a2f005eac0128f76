// biome-ignore-all lint/a11y/noRedundantRoles: browsers drop these roles where rows are laid out as blocks
import { ArrowDown, ArrowUp, ArrowUpDown, ChevronLeft, ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from './link'
import { LinkButton } from './link-button'
import { mergeClasses } from './merge-classes'

export type SortDirection = 'asc' | 'desc'

export type Column<Row> = {
  key: string
  header: string
  cell: (row: Row) => ReactNode
  /** `right` for numbers and amounts. */
  align?: 'left' | 'right'
  sortable?: boolean
  /** Buttons of the row: heading only for screen readers, above the row's link. */
  actions?: boolean
}

export type DataTableProps<Row> = {
  /** Names the table; hidden from sight. */
  caption: string
  /** The first one names the row, and is its link where `rowHref` is given. */
  columns: Column<Row>[]
  rows: Row[]
  rowKey: (row: Row) => string
  rowHref?: (row: Row) => string
  /** Instead of the table where there are no rows. */
  empty?: ReactNode
  sort?: { key: string; direction: SortDirection; href: (key: string, direction: SortDirection) => string }
  pages?: { page: number; pageCount: number; href: (page: number) => string; labels?: PagesLabels }
}

type PagesLabels = { pages: string; previous: string; next: string; position: string }

const ENGLISH: PagesLabels = {
  pages: 'Pages of results',
  previous: 'Previous',
  next: 'Next',
  position: 'Page {page} of {pageCount}',
}

/**
 * A table from 768 px, one card per row below. Roles are spelled out because browsers drop a table's meaning when its
 * rows are laid out as blocks.
 */
export function DataTable<Row>({ caption, columns, rows, rowKey, rowHref, empty, sort, pages }: DataTableProps<Row>) {
  if (rows.length === 0 && empty) return empty
  return (
    <div className="flex flex-col gap-4">
      <div className="md:overflow-x-auto md:rounded-md md:border md:border-line md:bg-surface">
        <table role="table" className="block w-full md:table">
          <caption className="sr-only">{caption}</caption>
          <thead role="rowgroup" className="sr-only md:not-sr-only md:table-header-group">
            <tr role="row" className="border-b border-line bg-sunken">
              {columns.map((column) => (
                <HeaderCell key={column.key} column={column} sort={sort} />
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup" className="flex flex-col gap-3 md:table-row-group">
            {rows.map((row) => (
              <tr
                key={rowKey(row)}
                role="row"
                className={mergeClasses(
                  'relative block rounded-md border border-line bg-surface px-4 py-3 md:table-row md:rounded-none md:border-0 md:border-b md:last:border-b-0',
                  rowHref && 'hover:bg-sunken',
                )}
              >
                {columns.map((column, index) => (
                  <BodyCell
                    key={column.key}
                    column={column}
                    row={row}
                    href={index === 0 ? rowHref?.(row) : undefined}
                    first={index === 0}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {pages && pages.pageCount > 1 ? <Pages {...pages} /> : null}
    </div>
  )
}

function HeaderCell<Row>({ column, sort }: { column: Column<Row>; sort: DataTableProps<Row>['sort'] }) {
  const sorted = sort?.key === column.key ? sort.direction : undefined
  const Arrow = sorted === 'asc' ? ArrowUp : sorted === 'desc' ? ArrowDown : ArrowUpDown
  return (
    <th
      role="columnheader"
      scope="col"
      aria-sort={sorted ? (sorted === 'asc' ? 'ascending' : 'descending') : undefined}
      className={mergeClasses(
        'px-4 py-2 text-left text-meta font-medium whitespace-nowrap text-muted',
        column.align === 'right' && 'text-right',
      )}
    >
      {column.actions ? <span className="sr-only">{column.header}</span> : null}
      {!column.actions && column.sortable && sort ? (
        <Link
          href={sort.href(column.key, sorted === 'asc' ? 'desc' : 'asc')}
          className="inline-flex items-center gap-1 rounded-sm hover:text-ink"
        >
          {column.header}
          <Arrow aria-hidden className="size-3.5" />
        </Link>
      ) : null}
      {!column.actions && !(column.sortable && sort) ? column.header : null}
    </th>
  )
}

type BodyCellProps<Row> = { column: Column<Row>; row: Row; href?: string; first: boolean }

function BodyCell<Row>({ column, row, href, first }: BodyCellProps<Row>) {
  const content = column.cell(row)
  return (
    <td
      role="cell"
      className={mergeClasses(
        'flex min-w-0 items-baseline justify-between gap-4 py-1 md:table-cell md:px-4 md:py-3 md:align-middle',
        first && 'text-lead font-medium md:text-body',
        column.align === 'right' && 'tabular md:text-right',
        column.actions && 'pt-2 md:pt-3 md:text-right',
      )}
    >
      {first || column.actions ? null : (
        <span aria-hidden className="shrink-0 text-meta text-muted md:hidden">
          {column.header}
        </span>
      )}
      {href ? (
        <Link
          href={href}
          className="min-w-0 rounded-sm break-words after:absolute after:inset-0 hover:underline hover:underline-offset-2"
        >
          {content}
        </Link>
      ) : (
        <span
          className={mergeClasses(
            'min-w-0 break-words max-md:text-right',
            first && 'max-md:text-left',
            column.actions && 'relative z-10 inline-flex flex-wrap gap-2',
            !first && !column.actions && 'relative z-10',
          )}
        >
          {content}
        </span>
      )}
    </td>
  )
}

function Pages({ page, pageCount, href, labels = ENGLISH }: NonNullable<DataTableProps<never>['pages']>) {
  return (
    <nav aria-label={labels.pages} className="flex items-center justify-between gap-4">
      <p className="text-meta text-muted tabular">
        {labels.position.replace('{page}', String(page)).replace('{pageCount}', String(pageCount))}
      </p>
      <div className="flex gap-2">
        {page > 1 ? (
          <LinkButton href={href(page - 1)} rel="prev" variant="secondary" size="sm">
            <ChevronLeft aria-hidden />
            {labels.previous}
          </LinkButton>
        ) : null}
        {page < pageCount ? (
          <LinkButton href={href(page + 1)} rel="next" variant="secondary" size="sm">
            {labels.next}
            <ChevronRight aria-hidden />
          </LinkButton>
        ) : null}
      </div>
    </nav>
  )
}
