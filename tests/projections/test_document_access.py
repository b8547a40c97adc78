"""Who fetched a document."""

from dataclasses import replace

from eventstore import Sealed
from projections.document_access import DocumentAccess
from tests.stories import (
    AWA,
    CONTRACT_PDF,
    COPY,
    JEAN,
    JEAN_ACCOUNT,
    MAY_4,
    MAY_6,
    contract_kept,
    copy_kept,
    downloaded,
)

by_link = downloaded.but(via="link", by=None, ip=Sealed("198.51.100.9"), user_agent=Sealed("Safari/26"))


def told(screens) -> None:
    screens.happened(
        contract_kept, copy_kept.but(customer_id=AWA), replace(by_link, stream=CONTRACT_PDF), on=MAY_4
    )
    screens.happened(replace(downloaded, stream=CONTRACT_PDF), on=MAY_6)
    screens.happened(replace(downloaded.but(customer_id=AWA), stream=COPY), on=MAY_6)


def test_every_download_is_listed_newest_first(screens):
    told(screens)
    newest, oldest = screens.read(DocumentAccess).of(CONTRACT_PDF).items
    assert (newest.via, newest.account_id, newest.downloaded_on) == ("account", JEAN_ACCOUNT, MAY_6)
    assert (newest.ip, newest.user_agent, newest.number) == ("192.0.2.7", "Firefox/145.0", 3)
    assert (oldest.via, oldest.account_id, oldest.downloaded_on) == ("link", None, MAY_4)
    assert (oldest.ip, oldest.user_agent, oldest.number) == ("198.51.100.9", "Safari/26", 2)
    assert oldest.recorded_at < newest.recorded_at


def test_a_long_list_comes_in_pages(screens):
    told(screens)
    access = screens.read(DocumentAccess)
    page = access.of(CONTRACT_PDF, limit=1)
    assert [line.number for line in page.items] == [3]
    page = access.of(CONTRACT_PDF, limit=1, cursor=page.next)
    assert ([line.number for line in page.items], page.next) == ([2], None)


def test_a_client_sees_who_fetched_its_own_documents(screens):
    told(screens)
    own = screens.read(DocumentAccess, customers=[JEAN])
    assert len(own.of(CONTRACT_PDF).items) == 2
    assert own.of(COPY).items == []
