import { IconTags } from '@tabler/icons-react';
import { createFileRoute } from '@tanstack/react-router';
import { LoanProducts } from '~/features/loan-product/bureau/loan-products';
import { m } from '~/paraglide/messages';

export const Route = createFileRoute('/_in/loan-products/')({
  staticData: {
    title: m.loan_products,
    nav: { label: m.loan_products, icon: IconTags, group: 'lending', order: 40, permission: 'product.manage' },
  },
  component: LoanProducts,
});
