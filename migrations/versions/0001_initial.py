"""initial."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('accounts',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=16), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('balance', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_accounts')),
    sa.UniqueConstraint('shop_id', 'currency', 'name', name=op.f('uq_accounts_shop_id_currency_name'))
    )
    op.create_table('advocates',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('how', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('named', sa.Boolean(), nullable=False),
    sa.Column('words', sa.String(length=500), nullable=True),
    sa.Column('enrolled_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_advocates')),
    sa.UniqueConstraint('shop_id', 'programme_id', 'person_id', name=op.f('uq_advocates_shop_id_programme_id_person_id'))
    )
    op.create_index(op.f('ix_advocates_shop_id_person_id'), 'advocates', ['shop_id', 'person_id'], unique=False)
    op.create_table('backfills',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('operation_id', sa.String(length=64), nullable=True),
    sa.Column('url', sa.String(), nullable=True),
    sa.Column('runs', sa.BigInteger(), nullable=False),
    sa.Column('lines_done', sa.BigInteger(), nullable=False),
    sa.Column('objects_total', sa.BigInteger(), nullable=True),
    sa.Column('limited', sa.Boolean(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.String(length=500), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'kind', name=op.f('pk_backfills'))
    )
    op.create_table('bulks',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('act', sa.String(length=16), nullable=False),
    sa.Column('items', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('facts', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('changed', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('left', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('done', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('staff', sa.String(length=24), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('undoes', sa.Uuid(), nullable=True),
    sa.Column('undone_by', sa.Uuid(), nullable=True),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_bulks'))
    )
    op.create_table('bundle_products',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('offer_id', sa.Uuid(), nullable=False),
    sa.Column('revision_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('wanted', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('said', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('product_id', sa.String(length=24), nullable=True),
    sa.Column('variant_id', sa.String(length=24), nullable=True),
    sa.Column('former', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('listed', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('operation_id', sa.String(length=64), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'offer_id', name=op.f('pk_bundle_products'))
    )
    op.create_index(op.f('ix_bundle_products_shop_id_product_id'), 'bundle_products', ['shop_id', 'product_id'], unique=False)
    op.create_table('campaign_changes',
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('public_name', sa.String(length=80), nullable=False),
    sa.Column('opens', sa.String(length=8), nullable=False),
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('staff', sa.String(length=24), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_campaign_changes'))
    )
    op.create_index(op.f('ix_campaign_changes_shop_id_campaign_id_id'), 'campaign_changes', ['shop_id', 'campaign_id', 'id'], unique=False)
    op.create_table('campaign_visits',
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('device_key', sa.String(length=64), nullable=True),
    sa.Column('address_key', sa.String(length=64), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_campaign_visits'))
    )
    op.create_index(op.f('ix_campaign_visits_shop_id_address_key_at'), 'campaign_visits', ['shop_id', 'address_key', 'at'], unique=False)
    op.create_index(op.f('ix_campaign_visits_shop_id_campaign_id_at'), 'campaign_visits', ['shop_id', 'campaign_id', 'at'], unique=False)
    op.create_index(op.f('ix_campaign_visits_shop_id_device_key_at'), 'campaign_visits', ['shop_id', 'device_key', 'at'], unique=False)
    op.create_table('campaigns',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('public_name', sa.String(length=80), nullable=False),
    sa.Column('opens', sa.String(length=8), nullable=False),
    sa.Column('slug', sa.String(length=40), nullable=False),
    sa.Column('prefix', sa.String(length=32), nullable=True),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_campaigns')),
    sa.UniqueConstraint('shop_id', 'number', name=op.f('uq_campaigns_shop_id_number')),
    sa.UniqueConstraint('shop_id', 'prefix', name=op.f('uq_campaigns_shop_id_prefix')),
    sa.UniqueConstraint('shop_id', 'slug', name=op.f('uq_campaigns_shop_id_slug'))
    )
    op.create_table('cards',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('advocate_id', sa.Uuid(), nullable=False),
    sa.Column('secret', sa.String(length=32), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_cards')),
    sa.UniqueConstraint('shop_id', 'advocate_id', name=op.f('uq_cards_shop_id_advocate_id')),
    sa.UniqueConstraint('shop_id', 'secret', name=op.f('uq_cards_shop_id_secret'))
    )
    op.create_table('cases',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('verdict', sa.String(length=8), nullable=False),
    sa.Column('rule', sa.String(length=32), nullable=False),
    sa.Column('reasons', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('advocate_id', sa.Uuid(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('judged_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('resolved_by', sa.String(length=64), nullable=True),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'order_id', name=op.f('pk_cases'))
    )
    op.create_index(op.f('ix_cases_shop_id_rule_opened_at_order_id'), 'cases', ['shop_id', 'rule', 'opened_at', 'order_id'], unique=False)
    op.create_index(op.f('ix_cases_shop_id_state_opened_at_order_id'), 'cases', ['shop_id', 'state', 'opened_at', 'order_id'], unique=False)
    op.create_table('claims',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('nonce', sa.String(length=64), nullable=False),
    sa.Column('advocate_id', sa.Uuid(), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('visit_id', sa.Uuid(), nullable=True),
    sa.Column('code_id', sa.Uuid(), nullable=True),
    sa.Column('device_key', sa.String(length=64), nullable=True),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_claims')),
    sa.UniqueConstraint('shop_id', 'nonce', name=op.f('uq_claims_shop_id_nonce'))
    )
    op.create_index(op.f('ix_claims_shop_id_advocate_id'), 'claims', ['shop_id', 'advocate_id'], unique=False)
    op.create_index(op.f('ix_claims_shop_id_device_key_at'), 'claims', ['shop_id', 'device_key', 'at'], unique=False)
    op.create_index(op.f('ix_claims_shop_id_version_id_state_at'), 'claims', ['shop_id', 'version_id', 'state', 'at'], unique=False)
    op.create_table('code_batches',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('discount_id', sa.Uuid(), nullable=False),
    sa.Column('external_id', sa.String(length=32), nullable=True),
    sa.Column('code_ids', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_code_batches'))
    )
    op.create_table('coded_discounts',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('offer_id', sa.Uuid(), nullable=False),
    sa.Column('codes', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('external_id', sa.String(length=32), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'offer_id', name=op.f('pk_coded_discounts'))
    )
    op.create_index(op.f('ix_coded_discounts_shop_id_external_id'), 'coded_discounts', ['shop_id', 'external_id'], unique=False)
    op.create_table('codes',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('code_key', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('discount_id', sa.Uuid(), nullable=True),
    sa.Column('external_id', sa.String(length=32), nullable=True),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('advocate_id', sa.Uuid(), nullable=True),
    sa.Column('visit_id', sa.Uuid(), nullable=True),
    sa.Column('reward_id', sa.Uuid(), nullable=True),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lapses_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_codes')),
    sa.UniqueConstraint('shop_id', 'code_key', name=op.f('uq_codes_shop_id_code_key'))
    )
    op.create_index(op.f('ix_codes_shop_id_discount_id'), 'codes', ['shop_id', 'discount_id'], unique=False)
    op.create_index(op.f('ix_codes_shop_id_state_lapses_at'), 'codes', ['shop_id', 'state', 'lapses_at'], unique=False)
    op.create_index(op.f('ix_codes_shop_id_version_id_kind_state'), 'codes', ['shop_id', 'version_id', 'kind', 'state'], unique=False)
    op.create_table('collection_products',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('collection_id', sa.String(length=24), nullable=False),
    sa.Column('product_id', sa.String(length=24), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'collection_id', 'product_id', name=op.f('pk_collection_products'))
    )
    op.create_index(op.f('ix_collection_products_shop_id_product_id'), 'collection_products', ['shop_id', 'product_id'], unique=False)
    op.create_table('collections',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.String(length=24), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('handle', sa.String(length=300), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('stale', sa.Boolean(), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_collections'))
    )
    op.create_index(op.f('ix_collections_shop_id_stale_id'), 'collections', ['shop_id', 'stale', 'id'], unique=False)
    op.create_table('companions',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('product_id', sa.String(length=24), nullable=False),
    sa.Column('changes', sa.BigInteger(), nullable=False),
    sa.Column('due', sa.Boolean(), nullable=False),
    sa.Column('lists', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('ranked_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'product_id', name=op.f('pk_companions'))
    )
    op.create_index('ix_companions_due', 'companions', ['shop_id', 'product_id'], unique=False, postgresql_where=sa.text('due'), sqlite_where=sa.text('due'))
    op.create_table('contacts',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.String(length=24), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('email_key', sa.String(length=64), nullable=True),
    sa.Column('address_key', sa.String(length=64), nullable=True),
    sa.Column('device_key', sa.String(length=64), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'order_id', name=op.f('pk_contacts'))
    )
    op.create_index(op.f('ix_contacts_shop_id_address_key'), 'contacts', ['shop_id', 'address_key'], unique=False)
    op.create_index(op.f('ix_contacts_shop_id_device_key'), 'contacts', ['shop_id', 'device_key'], unique=False)
    op.create_index(op.f('ix_contacts_shop_id_person_id'), 'contacts', ['shop_id', 'person_id'], unique=False)
    op.create_table('credit_attempts',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('reward_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('moved', sa.BigInteger(), nullable=False),
    sa.Column('customer_id', sa.String(length=32), nullable=True),
    sa.Column('account_id', sa.String(length=32), nullable=True),
    sa.Column('marker', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_id', sa.String(length=32), nullable=True),
    sa.Column('sends', sa.BigInteger(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('transaction_id', sa.String(length=32), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_credit_attempts')),
    sa.UniqueConstraint('shop_id', 'customer_id', 'currency', 'marker', name=op.f('uq_credit_attempts_shop_id_customer_id_currency_marker'))
    )
    op.create_index(op.f('ix_credit_attempts_shop_id_reward_id'), 'credit_attempts', ['shop_id', 'reward_id'], unique=False)
    op.create_table('customer_marks',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.String(length=24), nullable=False),
    sa.Column('marks', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('told', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=True),
    sa.Column('revision_id', sa.Uuid(), nullable=False),
    sa.Column('look_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'customer_id', name=op.f('pk_customer_marks'))
    )
    op.create_index('ix_customer_marks_look', 'customer_marks', ['shop_id', 'look_at'], unique=False, postgresql_where=sa.text('look_at is not null'), sqlite_where=sa.text('look_at is not null'))
    op.create_index(op.f('ix_customer_marks_shop_id_revision_id'), 'customer_marks', ['shop_id', 'revision_id'], unique=False)
    op.create_table('customer_tags',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.String(length=24), nullable=False),
    sa.Column('tags', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('news', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('redacted_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'customer_id', name=op.f('pk_customer_tags'))
    )
    op.create_table('data_requests',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('request_id', sa.String(length=32), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('answer', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_data_requests')),
    sa.UniqueConstraint('shop_id', 'request_id', name=op.f('uq_data_requests_shop_id_request_id'))
    )
    op.create_index(op.f('ix_data_requests_shop_id_answered_at'), 'data_requests', ['shop_id', 'answered_at'], unique=False)
    op.create_table('decisions',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.String(length=32), nullable=False),
    sa.Column('verdict', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.String(length=32), nullable=True),
    sa.Column('source', sa.String(length=16), nullable=True),
    sa.Column('advocate_id', sa.Uuid(), nullable=True),
    sa.Column('programme_id', sa.Uuid(), nullable=True),
    sa.Column('version_id', sa.Uuid(), nullable=True),
    sa.Column('code_id', sa.Uuid(), nullable=True),
    sa.Column('visit_id', sa.Uuid(), nullable=True),
    sa.Column('manual_id', sa.Uuid(), nullable=True),
    sa.Column('counted', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('visits', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('trace', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('ordered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('net', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'order_id', name=op.f('pk_decisions'))
    )
    op.create_index('ix_decisions_figures', 'decisions', ['shop_id', 'verdict', 'ordered_at', 'currency', 'net'], unique=False)
    op.create_index('ix_decisions_reason', 'decisions', ['shop_id', 'reason', 'ordered_at'], unique=False, postgresql_where=sa.text('reason is not null'), sqlite_where=sa.text('reason is not null'))
    op.create_index(op.f('ix_decisions_shop_id_advocate_id_ordered_at'), 'decisions', ['shop_id', 'advocate_id', 'ordered_at'], unique=False)
    op.create_index(op.f('ix_decisions_shop_id_ordered_at'), 'decisions', ['shop_id', 'ordered_at'], unique=False)
    op.create_index(op.f('ix_decisions_shop_id_verdict_net_order_id'), 'decisions', ['shop_id', 'verdict', 'net', 'order_id'], unique=False)
    op.create_table('deleted_orders',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.String(length=24), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'order_id', name=op.f('pk_deleted_orders'))
    )
    op.create_table('deliveries',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('lane', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fence', sa.BigInteger(), nullable=False),
    sa.Column('attempts', sa.BigInteger(), nullable=False),
    sa.Column('error', sa.String(length=500), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_deliveries')),
    sa.UniqueConstraint('shop_id', 'kind', 'subject_id', name=op.f('uq_deliveries_shop_id_kind_subject_id'))
    )
    op.create_index('ix_deliveries_lane', 'deliveries', ['shop_id', 'kind', 'lane', 'state'], unique=False)
    op.create_index(op.f('ix_deliveries_shop_id_state_not_before_id'), 'deliveries', ['shop_id', 'state', 'not_before', 'id'], unique=False)
    op.create_table('discount_readings',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('more', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', name=op.f('pk_discount_readings'))
    )
    op.create_table('discounts',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('purpose', sa.String(length=8), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('title', sa.String(length=255), nullable=False),
    sa.Column('seed', sa.String(length=32), nullable=False),
    sa.Column('basis_points', sa.BigInteger(), nullable=True),
    sa.Column('amount', sa.BigInteger(), nullable=True),
    sa.Column('minimum', sa.BigInteger(), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=True),
    sa.Column('combines', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('external_id', sa.String(length=32), nullable=True),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('error', sa.String(length=255), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_discounts')),
    sa.UniqueConstraint('shop_id', 'key', name=op.f('uq_discounts_shop_id_key')),
    sa.UniqueConstraint('shop_id', 'seed', name=op.f('uq_discounts_shop_id_seed'))
    )
    op.create_table('disputes',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.String(length=24), nullable=False),
    sa.Column('id', sa.String(length=24), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('status', sa.String(length=24), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'order_id', 'id', name=op.f('pk_disputes'))
    )
    op.create_table('experiment_keys',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('secret', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', name=op.f('pk_experiment_keys'))
    )
    op.create_table('exposures',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('offer', sa.BigInteger(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('placement', sa.String(length=16), nullable=False),
    sa.Column('arm', sa.String(length=5), nullable=False),
    sa.Column('shown', sa.BigInteger(), nullable=False),
    sa.Column('added', sa.BigInteger(), nullable=False),
    sa.Column('visitors', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'offer', 'day', 'placement', 'arm', name=op.f('pk_exposures'))
    )
    op.create_table('goal_steps',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('had', sa.BigInteger(), nullable=False),
    sa.Column('pace', sa.BigInteger(), nullable=False),
    sa.Column('more', sa.BigInteger(), nullable=False),
    sa.Column('days', sa.BigInteger(), nullable=False),
    sa.Column('reach', sa.BigInteger(), nullable=False),
    sa.Column('seen', sa.BigInteger(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'programme_id', 'had', 'pace', name=op.f('pk_goal_steps'))
    )
    op.create_table('goals',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('advocate_id', sa.Uuid(), nullable=False),
    sa.Column('began', sa.BigInteger(), nullable=False),
    sa.Column('target', sa.BigInteger(), nullable=False),
    sa.Column('best', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('evidence', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_goals')),
    sa.UniqueConstraint('shop_id', 'advocate_id', 'began', name=op.f('uq_goals_shop_id_advocate_id_began'))
    )
    op.create_index('ix_goals_open', 'goals', ['shop_id', 'advocate_id'], unique=True, postgresql_where=sa.text("state = 'open'"), sqlite_where=sa.text("state = 'open'"))
    op.create_index(op.f('ix_goals_shop_id_state_ends_at_id'), 'goals', ['shop_id', 'state', 'ends_at', 'id'], unique=False)
    op.create_table('guides',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('dismissed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('placed', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=True),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('test_id', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', name=op.f('pk_guides'))
    )
    op.create_table('inbox',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('source', sa.String(length=12), nullable=False),
    sa.Column('topic', sa.String(length=64), nullable=False),
    sa.Column('external_id', sa.String(length=200), nullable=False),
    sa.Column('event_id', sa.String(length=200), nullable=True),
    sa.Column('triggered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('attempts', sa.BigInteger(), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('error', sa.String(length=500), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_inbox')),
    sa.UniqueConstraint('shop_id', 'source', 'external_id', name=op.f('uq_inbox_shop_id_source_external_id'))
    )
    op.create_index('ix_inbox_pending', 'inbox', ['shop_id', 'next_at'], unique=False, postgresql_where=sa.text("state = 'pending'"), sqlite_where=sa.text("state = 'pending'"))
    op.create_table('links',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('slug', sa.String(length=64), nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('code_key', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('stopped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('gaps', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=True),
    sa.Column('friends', sa.BigInteger(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('test', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_links')),
    sa.UniqueConstraint('shop_id', 'code_key', name=op.f('uq_links_shop_id_code_key')),
    sa.UniqueConstraint('shop_id', 'slug', name=op.f('uq_links_shop_id_slug'))
    )
    op.create_index(op.f('ix_links_shop_id_person_id'), 'links', ['shop_id', 'person_id'], unique=False)
    op.create_index(op.f('ix_links_shop_id_state_friends_id'), 'links', ['shop_id', 'state', 'friends', 'id'], unique=False)
    op.create_index(op.f('ix_links_shop_id_state_made_at_id'), 'links', ['shop_id', 'state', 'made_at', 'id'], unique=False)
    op.create_table('magic_links',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('email_key', sa.String(length=64), nullable=False),
    sa.Column('address_key', sa.String(length=64), nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_magic_links'))
    )
    op.create_index(op.f('ix_magic_links_shop_id_address_key_made_at'), 'magic_links', ['shop_id', 'address_key', 'made_at'], unique=False)
    op.create_index(op.f('ix_magic_links_shop_id_person_id_made_at'), 'magic_links', ['shop_id', 'person_id', 'made_at'], unique=False)
    op.create_table('mails',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('about', sa.Uuid(), nullable=False),
    sa.Column('facts', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('why', sa.String(length=40), nullable=True),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_mails')),
    sa.UniqueConstraint('shop_id', 'kind', 'about', name=op.f('uq_mails_shop_id_kind_about'))
    )
    op.create_index(op.f('ix_mails_shop_id_person_id_written_at'), 'mails', ['shop_id', 'person_id', 'written_at'], unique=False)
    op.create_table('margin_floors',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('floor_bp', sa.BigInteger(), nullable=True),
    sa.Column('cost_bp', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', name=op.f('pk_margin_floors'))
    )
    op.create_table('margin_takes',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('takes', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'source', name=op.f('pk_margin_takes'))
    )
    op.create_table('markets',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.String(length=24), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('by_country', sa.Boolean(), nullable=False),
    sa.Column('everywhere', sa.Boolean(), nullable=False),
    sa.Column('countries', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_markets'))
    )
    op.create_table('mined_lines',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.String(length=24), nullable=False),
    sa.Column('product_id', sa.String(length=24), nullable=False),
    sa.Column('scope', sa.String(length=16), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('weight', sa.BigInteger(), nullable=False),
    sa.Column('vote', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'order_id', 'product_id', name=op.f('pk_mined_lines')),
    sqlite_with_rowid=False
    )
    op.create_table('mined_pairs',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('first_id', sa.String(length=24), nullable=False),
    sa.Column('second_id', sa.String(length=24), nullable=False),
    sa.Column('scope', sa.String(length=16), nullable=False),
    sa.Column('orders', sa.BigInteger(), nullable=False),
    sa.Column('vote', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'first_id', 'second_id', 'scope', name=op.f('pk_mined_pairs')),
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_mined_pairs_shop_id_second_id'), 'mined_pairs', ['shop_id', 'second_id'], unique=False)
    op.create_table('mined_products',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('product_id', sa.String(length=24), nullable=False),
    sa.Column('scope', sa.String(length=16), nullable=False),
    sa.Column('orders', sa.BigInteger(), nullable=False),
    sa.Column('weight', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'product_id', 'scope', name=op.f('pk_mined_products'))
    )
    op.create_table('mined_shops',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('epoch', sa.Date(), nullable=False),
    sa.Column('sellers', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('ranked_at_orders', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', name=op.f('pk_mined_shops'))
    )
    op.create_table('mined_totals',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('scope', sa.String(length=16), nullable=False),
    sa.Column('orders', sa.BigInteger(), nullable=False),
    sa.Column('slots', sa.BigInteger(), nullable=False),
    sa.Column('links', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'scope', name=op.f('pk_mined_totals'))
    )
    op.create_table('native_discounts',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('offer_id', sa.Uuid(), nullable=False),
    sa.Column('form', sa.String(length=16), nullable=False),
    sa.Column('external_id', sa.String(length=32), nullable=True),
    sa.Column('said', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('sent', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'offer_id', name=op.f('pk_native_discounts'))
    )
    op.create_index(op.f('ix_native_discounts_shop_id_external_id'), 'native_discounts', ['shop_id', 'external_id'], unique=False)
    op.create_table('notes',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('text', sa.String(length=500), nullable=False),
    sa.Column('staff', sa.String(length=24), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_notes'))
    )
    op.create_index(op.f('ix_notes_shop_id_subject_id'), 'notes', ['shop_id', 'subject', 'id'], unique=False)
    op.create_table('offer_changes',
    sa.Column('offer_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('was', sa.String(length=8), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=True),
    sa.Column('terms', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=True),
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('staff', sa.String(length=24), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_offer_changes'))
    )
    op.create_index(op.f('ix_offer_changes_shop_id_offer_id_id'), 'offer_changes', ['shop_id', 'offer_id', 'id'], unique=False)
    op.create_table('offer_choosings',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('staff', sa.String(length=24), nullable=True),
    sa.Column('best', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_offer_choosings'))
    )
    op.create_table('offer_configurations',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('revision_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('external_id', sa.String(length=32), nullable=True),
    sa.Column('sent', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('shown', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', name=op.f('pk_offer_configurations'))
    )
    op.create_index(op.f('ix_offer_configurations_shop_id_external_id'), 'offer_configurations', ['shop_id', 'external_id'], unique=False)
    op.create_table('offer_drawings',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('offer_id', sa.Uuid(), nullable=False),
    sa.Column('terms', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('pages', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('looked_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'offer_id', name=op.f('pk_offer_drawings'))
    )
    op.create_table('offer_findings',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('offer_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.String(length=5), nullable=False),
    sa.Column('told', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('was', sa.String(length=5), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'offer_id', name=op.f('pk_offer_findings'))
    )
    op.create_table('offer_sales',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.String(length=24), nullable=False),
    sa.Column('line_id', sa.String(length=24), nullable=False),
    sa.Column('offer_id', sa.Uuid(), nullable=False),
    sa.Column('placement', sa.String(length=16), nullable=False),
    sa.Column('variant_id', sa.String(length=24), nullable=True),
    sa.Column('ordered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('bought', sa.BigInteger(), nullable=False),
    sa.Column('kept', sa.BigInteger(), nullable=False),
    sa.Column('caused', sa.BigInteger(), nullable=False),
    sa.Column('discount', sa.BigInteger(), nullable=False),
    sa.Column('beside', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_offer_sales')),
    sa.UniqueConstraint('shop_id', 'order_id', 'line_id', 'offer_id', name=op.f('uq_offer_sales_shop_id_order_id_line_id_offer_id'))
    )
    op.create_index(op.f('ix_offer_sales_shop_id_offer_id_ordered_at_id'), 'offer_sales', ['shop_id', 'offer_id', 'ordered_at', 'id'], unique=False)
    op.create_index(op.f('ix_offer_sales_shop_id_ordered_at_id'), 'offer_sales', ['shop_id', 'ordered_at', 'id'], unique=False)
    op.create_table('offer_versions',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('offer_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('terms', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_offer_versions')),
    sa.UniqueConstraint('shop_id', 'offer_id', 'number', name=op.f('uq_offer_versions_shop_id_offer_id_number'))
    )
    op.create_index(op.f('ix_offer_versions_shop_id_until'), 'offer_versions', ['shop_id', 'until'], unique=False)
    op.create_table('offers',
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('title', sa.String(length=255), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('draft', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=True),
    sa.Column('revision', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_offers')),
    sa.UniqueConstraint('shop_id', 'number', name=op.f('uq_offers_shop_id_number'))
    )
    op.create_index(op.f('ix_offers_shop_id_state'), 'offers', ['shop_id', 'state'], unique=False)
    op.create_table('order_evidence',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.String(length=32), nullable=False),
    sa.Column('customer_orders', sa.BigInteger(), nullable=True),
    sa.Column('later', sa.BigInteger(), nullable=True),
    sa.Column('risk', sa.String(length=16), nullable=True),
    sa.Column('reads', sa.BigInteger(), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'order_id', name=op.f('pk_order_evidence'))
    )
    op.create_table('order_lines',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.String(length=24), nullable=False),
    sa.Column('id', sa.String(length=24), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('product_id', sa.String(length=24), nullable=True),
    sa.Column('variant_id', sa.String(length=24), nullable=True),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('removed', sa.BigInteger(), nullable=False),
    sa.Column('kept', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('discounts', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('offer', sa.BigInteger(), nullable=False),
    sa.Column('placement', sa.String(length=16), nullable=False),
    sa.Column('bundle_id', sa.String(length=24), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'order_id', 'id', name=op.f('pk_order_lines'))
    )
    op.create_index(op.f('ix_order_lines_shop_id_product_id'), 'order_lines', ['shop_id', 'product_id'], unique=False)
    op.create_table('orders',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.String(length=24), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('told_cancelled', sa.Boolean(), nullable=False),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('financial', sa.String(length=32), nullable=False),
    sa.Column('paid_once', sa.Boolean(), nullable=False),
    sa.Column('test', sa.Boolean(), nullable=False),
    sa.Column('customer_id', sa.String(length=24), nullable=True),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('shipping', sa.BigInteger(), nullable=False),
    sa.Column('shipping_discounts', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('codes', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('attributes', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('landing_site', sa.String(length=500), nullable=True),
    sa.Column('country', sa.String(length=2), nullable=True),
    sa.Column('risk', sa.String(length=16), nullable=True),
    sa.Column('gateways', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('heard', sa.String(length=8), nullable=True),
    sa.Column('subtotal', sa.BigInteger(), nullable=False),
    sa.Column('net', sa.BigInteger(), nullable=False),
    sa.Column('revision', sa.BigInteger(), nullable=False),
    sa.Column('settled_revision', sa.BigInteger(), nullable=False),
    sa.Column('settled', sa.Boolean(), nullable=False),
    sa.Column('counted', sa.Boolean(), nullable=False),
    sa.Column('settle_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('retry_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failures', sa.BigInteger(), nullable=False),
    sa.Column('error', sa.String(length=500), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_orders'))
    )
    op.create_index('ix_orders_financial', 'orders', ['shop_id', 'financial', 'created_at', 'id'], unique=False, postgresql_where=sa.text("financial <> 'paid'"), sqlite_where=sa.text("financial <> 'paid'"))
    op.create_index('ix_orders_settle_at', 'orders', ['shop_id', 'settle_at'], unique=False, postgresql_where=sa.text('settle_at is not null'), sqlite_where=sa.text('settle_at is not null'))
    op.create_index(op.f('ix_orders_shop_id_created_at_id'), 'orders', ['shop_id', 'created_at', 'id'], unique=False)
    op.create_index(op.f('ix_orders_shop_id_customer_id'), 'orders', ['shop_id', 'customer_id'], unique=False)
    op.create_index(op.f('ix_orders_shop_id_name'), 'orders', ['shop_id', 'name'], unique=False)
    op.create_index(op.f('ix_orders_shop_id_person_id'), 'orders', ['shop_id', 'person_id'], unique=False)
    op.create_index('ix_orders_uncounted', 'orders', ['shop_id', 'created_at', 'id'], unique=False, postgresql_where=sa.text('settled and not counted'), sqlite_where=sa.text('settled and not counted'))
    op.create_index('ix_orders_unsettled', 'orders', ['shop_id', 'created_at'], unique=False, postgresql_where=sa.text('not settled'), sqlite_where=sa.text('not settled'))
    op.create_table('outcomes',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('offer', sa.BigInteger(), nullable=False),
    sa.Column('order_id', sa.String(length=24), nullable=False),
    sa.Column('visitor', sa.String(length=32), nullable=False),
    sa.Column('arm', sa.String(length=5), nullable=False),
    sa.Column('ordered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('net', sa.BigInteger(), nullable=False),
    sa.Column('kept', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'offer', 'order_id', name=op.f('pk_outcomes'))
    )
    op.create_index(op.f('ix_outcomes_shop_id_offer_ordered_at'), 'outcomes', ['shop_id', 'offer', 'ordered_at'], unique=False)
    op.create_index(op.f('ix_outcomes_shop_id_order_id'), 'outcomes', ['shop_id', 'order_id'], unique=False)
    op.create_table('people',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.String(length=24), nullable=True),
    sa.Column('email', sa.String(length=320), nullable=True),
    sa.Column('email_key', sa.String(length=64), nullable=True),
    sa.Column('first_name', sa.String(length=100).with_variant(sa.String(length=100, collation='C'), 'postgresql'), nullable=True),
    sa.Column('locale', sa.String(length=16), nullable=True),
    sa.Column('address_key', sa.String(length=64), nullable=True),
    sa.Column('mail_state', sa.String(length=4), nullable=False),
    sa.Column('met_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('left_alone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('redacted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('merged_into', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_people')),
    sa.UniqueConstraint('shop_id', 'customer_id', name=op.f('uq_people_shop_id_customer_id')),
    sa.UniqueConstraint('shop_id', 'email_key', name=op.f('uq_people_shop_id_email_key'))
    )
    op.create_index('ix_people_merged', 'people', ['shop_id', 'merged_into'], unique=False, postgresql_where=sa.text('merged_into is not null'), sqlite_where=sa.text('merged_into is not null'))
    op.create_index(op.f('ix_people_shop_id_address_key'), 'people', ['shop_id', 'address_key'], unique=False)
    op.create_index(op.f('ix_people_shop_id_first_name'), 'people', ['shop_id', 'first_name'], unique=False)
    op.create_table('people_secrets',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('secret', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', name=op.f('pk_people_secrets'))
    )
    op.create_table('plans',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('typed', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('staff', sa.String(length=24), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', name=op.f('pk_plans'))
    )
    op.create_table('product_floors',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('scope', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('floor_bp', sa.BigInteger(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'scope', 'name', name=op.f('pk_product_floors'))
    )
    op.create_table('products',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.String(length=24), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('handle', sa.String(length=300), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('image', sa.String(length=1000), nullable=True),
    sa.Column('kind', sa.String(length=300), nullable=False),
    sa.Column('vendor', sa.String(length=300), nullable=False),
    sa.Column('tags', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_products'))
    )
    op.create_index(op.f('ix_products_shop_id_kind'), 'products', ['shop_id', 'kind'], unique=False)
    op.create_table('programme_changes',
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('was', sa.String(length=8), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=True),
    sa.Column('terms', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=True),
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('staff', sa.String(length=24), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_programme_changes'))
    )
    op.create_index(op.f('ix_programme_changes_shop_id_programme_id_id'), 'programme_changes', ['shop_id', 'programme_id', 'id'], unique=False)
    op.create_table('programme_versions',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('terms', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told_to', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_programme_versions')),
    sa.UniqueConstraint('shop_id', 'programme_id', 'number', name=op.f('uq_programme_versions_shop_id_programme_id_number'))
    )
    op.create_table('programmes',
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('draft', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=True),
    sa.Column('revision', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_programmes'))
    )
    op.create_table('readiness_overrides',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('against', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('staff', sa.String(length=24), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_readiness_overrides'))
    )
    op.create_table('reconciled',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('upto', sa.DateTime(timezone=True), nullable=False),
    sa.Column('found', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'kind', name=op.f('pk_reconciled'))
    )
    op.create_table('refunds',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.String(length=24), nullable=False),
    sa.Column('id', sa.String(length=24), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('lines', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'order_id', 'id', name=op.f('pk_refunds'))
    )
    op.create_table('rewards',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.String(length=32), nullable=False),
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.String(length=8), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('basis_points', sa.BigInteger(), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('due', sa.BigInteger(), nullable=False),
    sa.Column('spent', sa.BigInteger(), nullable=False),
    sa.Column('taken', sa.BigInteger(), nullable=False),
    sa.Column('closed', sa.BigInteger(), nullable=False),
    sa.Column('basis', sa.BigInteger(), nullable=False),
    sa.Column('trimmed', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('why', sa.String(length=64), nullable=False),
    sa.Column('hold_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lost', sa.Boolean(), nullable=False),
    sa.Column('sent', sa.Boolean(), nullable=False),
    sa.Column('code_id', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_rewards')),
    sa.UniqueConstraint('shop_id', 'order_id', 'programme_id', 'role', name=op.f('uq_rewards_shop_id_order_id_programme_id_role'))
    )
    op.create_index(op.f('ix_rewards_shop_id_kind_made_at_id'), 'rewards', ['shop_id', 'kind', 'made_at', 'id'], unique=False)
    op.create_index(op.f('ix_rewards_shop_id_person_id_id'), 'rewards', ['shop_id', 'person_id', 'id'], unique=False)
    op.create_index(op.f('ix_rewards_shop_id_role_made_at_id'), 'rewards', ['shop_id', 'role', 'made_at', 'id'], unique=False)
    op.create_index(op.f('ix_rewards_shop_id_state_amount_id'), 'rewards', ['shop_id', 'state', 'amount', 'id'], unique=False)
    op.create_index(op.f('ix_rewards_shop_id_state_made_at_id'), 'rewards', ['shop_id', 'state', 'made_at', 'id'], unique=False)
    op.create_table('saved_views',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('list', sa.String(length=16), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('query', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_saved_views')),
    sa.UniqueConstraint('shop_id', 'list', 'name', name=op.f('uq_saved_views_shop_id_list_name'))
    )
    op.create_table('schedule',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('holder', sa.String(length=80), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ran_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.String(length=500), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_schedule'))
    )
    op.create_table('segment_changes',
    sa.Column('segment_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('conditions', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('staff', sa.String(length=24), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_segment_changes'))
    )
    op.create_index(op.f('ix_segment_changes_shop_id_segment_id_id'), 'segment_changes', ['shop_id', 'segment_id', 'id'], unique=False)
    op.create_table('segments',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('conditions', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revision', sa.BigInteger(), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_segments')),
    sa.UniqueConstraint('shop_id', 'number', name=op.f('uq_segments_shop_id_number'))
    )
    op.create_table('shop_discounts',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('title', sa.String(length=255), nullable=False),
    sa.Column('code', sa.String(length=255), nullable=True),
    sa.Column('classes', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('combines', sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    sa.Column('rate_bp', sa.BigInteger(), nullable=True),
    sa.Column('amount', sa.BigInteger(), nullable=True),
    sa.Column('minimum', sa.BigInteger(), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=True),
    sa.Column('counted', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_shop_discounts'))
    )
    op.create_table('shop_tokens',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('access', sa.Text(), nullable=False),
    sa.Column('refresh', sa.Text(), nullable=True),
    sa.Column('scopes', sa.Text(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('refresh_expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fence', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', name=op.f('pk_shop_tokens'))
    )
    op.create_table('shops',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('domain', sa.String(length=120), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('currencies', sa.Text(), nullable=False),
    sa.Column('timezone', sa.String(length=64), nullable=False),
    sa.Column('locale', sa.String(length=16), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('storefront_url', sa.String(length=255), nullable=False),
    sa.Column('plan', sa.String(length=64), nullable=False),
    sa.Column('subscription', sa.String(length=120), nullable=False),
    sa.Column('scopes', sa.Text(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('installed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('uninstalled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shops')),
    sa.UniqueConstraint('domain', name=op.f('uq_shops_domain'))
    )
    op.create_table('signing_keys',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('sealed', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_signing_keys'))
    )
    op.create_table('staff_reports',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(length=100), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('team', sa.String(length=8), nullable=False),
    sa.Column('bought', sa.Boolean(), nullable=False),
    sa.Column('order_id', sa.String(length=24), nullable=True),
    sa.Column('heard_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('staff', sa.String(length=24), nullable=True),
    sa.Column('token_id', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_staff_reports')),
    sa.UniqueConstraint('shop_id', 'key', name=op.f('uq_staff_reports_shop_id_key'))
    )
    op.create_index(op.f('ix_staff_reports_shop_id_heard_at_id'), 'staff_reports', ['shop_id', 'heard_at', 'id'], unique=False)
    op.create_index(op.f('ix_staff_reports_shop_id_token_id_made_at'), 'staff_reports', ['shop_id', 'token_id', 'made_at'], unique=False)
    op.create_table('staff_tokens',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.String(length=24), nullable=True),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_staff_tokens'))
    )
    op.create_table('stock_levels',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('inventory_item_id', sa.String(length=24), nullable=False),
    sa.Column('location_id', sa.String(length=24), nullable=False),
    sa.Column('available', sa.BigInteger(), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'inventory_item_id', 'location_id', name=op.f('pk_stock_levels'))
    )
    op.create_table('suggestion_wishes',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('product_id', sa.String(length=24), nullable=False),
    sa.Column('other_id', sa.String(length=24), nullable=False),
    sa.Column('wish', sa.String(length=4), nullable=False),
    sa.Column('by', sa.String(length=64), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'product_id', 'other_id', name=op.f('pk_suggestion_wishes'))
    )
    op.create_table('turns',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('served_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('failures', sa.BigInteger(), nullable=False),
    sa.Column('open_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('frozen', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', name=op.f('pk_turns'))
    )
    op.create_table('unit_costs',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('inventory_item_id', sa.String(length=24), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'inventory_item_id', name=op.f('pk_unit_costs'))
    )
    op.create_table('variants',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.String(length=24), nullable=False),
    sa.Column('product_id', sa.String(length=24), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('sku', sa.String(length=300), nullable=True),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('compare_at', sa.BigInteger(), nullable=True),
    sa.Column('inventory_item_id', sa.String(length=24), nullable=True),
    sa.Column('stock', sa.BigInteger(), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_variants'))
    )
    op.create_index(op.f('ix_variants_shop_id_inventory_item_id'), 'variants', ['shop_id', 'inventory_item_id'], unique=False)
    op.create_index(op.f('ix_variants_shop_id_product_id'), 'variants', ['shop_id', 'product_id'], unique=False)
    op.create_table('visits',
    sa.Column('advocate_id', sa.Uuid(), nullable=False),
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('token', sa.String(length=255), nullable=True),
    sa.Column('landing', sa.String(length=255), nullable=False),
    sa.Column('source', sa.String(length=8), nullable=False),
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('device_key', sa.String(length=64), nullable=True),
    sa.Column('address_key', sa.String(length=64), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_visits')),
    sa.UniqueConstraint('shop_id', 'token', name=op.f('uq_visits_shop_id_token'))
    )
    op.create_index(op.f('ix_visits_shop_id_address_key_at'), 'visits', ['shop_id', 'address_key', 'at'], unique=False)
    op.create_index(op.f('ix_visits_shop_id_advocate_id_at'), 'visits', ['shop_id', 'advocate_id', 'at'], unique=False)
    op.create_index(op.f('ix_visits_shop_id_device_key_at'), 'visits', ['shop_id', 'device_key', 'at'], unique=False)
    op.create_table('voices',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('asked', sa.BigInteger(), nullable=True),
    sa.Column('missing', sa.BigInteger(), nullable=True),
    sa.Column('reviews', sa.BigInteger(), nullable=True),
    sa.Column('stars', sa.BigInteger(), nullable=True),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('staff', sa.String(length=24), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', name=op.f('pk_voices'))
    )
    op.create_table('postings',
    sa.Column('shop_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('debit_id', sa.Uuid(), nullable=False),
    sa.Column('credit_id', sa.Uuid(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('key', sa.String(length=160), nullable=False),
    sa.Column('reward_id', sa.Uuid(), nullable=True),
    sa.Column('order_id', sa.String(length=32), nullable=True),
    sa.Column('reverses_id', sa.Uuid(), nullable=True),
    sa.Column('posted_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_postings_amount')),
    sa.CheckConstraint('debit_id <> credit_id', name=op.f('ck_postings_two_accounts')),
    sa.ForeignKeyConstraint(['shop_id', 'credit_id'], ['accounts.shop_id', 'accounts.id'], name=op.f('fk_postings_shop_id_credit_id')),
    sa.ForeignKeyConstraint(['shop_id', 'debit_id'], ['accounts.shop_id', 'accounts.id'], name=op.f('fk_postings_shop_id_debit_id')),
    sa.ForeignKeyConstraint(['shop_id', 'reverses_id'], ['postings.shop_id', 'postings.id'], name=op.f('fk_postings_shop_id_reverses_id')),
    sa.PrimaryKeyConstraint('shop_id', 'id', name=op.f('pk_postings')),
    sa.UniqueConstraint('shop_id', 'key', name=op.f('uq_postings_shop_id_key')),
    sa.UniqueConstraint('shop_id', 'reverses_id', name=op.f('uq_postings_shop_id_reverses_id'))
    )
    op.create_index(op.f('ix_postings_shop_id_credit_id_posted_at_amount'), 'postings', ['shop_id', 'credit_id', 'posted_at', 'amount'], unique=False)
    op.create_index(op.f('ix_postings_shop_id_debit_id_posted_at_amount'), 'postings', ['shop_id', 'debit_id', 'posted_at', 'amount'], unique=False)
    op.create_index(op.f('ix_postings_shop_id_order_id'), 'postings', ['shop_id', 'order_id'], unique=False)
    op.create_index(op.f('ix_postings_shop_id_reward_id'), 'postings', ['shop_id', 'reward_id'], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(sa.DDL("""
CREATE TRIGGER postings_no_update BEFORE UPDATE ON postings BEGIN SELECT RAISE(ABORT, 'postings are append-only'); END
"""))
        op.execute(sa.DDL("""
CREATE TRIGGER postings_no_delete BEFORE DELETE ON postings BEGIN SELECT RAISE(ABORT, 'postings are append-only'); END
"""))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.DDL("""
ALTER TABLE inbox ALTER COLUMN body SET STORAGE EXTERNAL
"""))
        op.execute(sa.DDL("""
CREATE OR REPLACE FUNCTION postings_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'postings are append-only'; END $$
"""))
        op.execute(sa.DDL("""
CREATE TRIGGER postings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON postings FOR EACH STATEMENT EXECUTE FUNCTION postings_append_only()
"""))
