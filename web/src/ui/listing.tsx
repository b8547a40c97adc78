import type { ReactNode } from 'react';
import { type Column, hasCorners, placed } from './data-table';
import s from './table.module.css';

type ListingProps<Row> = {
  label: string;
  rows: Row[];
  columns: Column<Row>[];
  rowKey: (row: Row) => string;
  empty?: ReactNode;
};

/** A short list, whole: an instalment plan, the payees of a customer. Longer ones are DataTables. */
export function Listing<Row>({ label, rows, columns, rowKey, empty }: ListingProps<Row>) {
  if (rows.length === 0 && empty) return <>{empty}</>;
  return (
    <section className={s.scroll} data-short="" tabIndex={0} aria-label={label}>
      <table className={s.table} data-two={hasCorners(columns) || undefined}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col" {...placed(column)}>
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="num">
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <td key={column.id} {...placed(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
