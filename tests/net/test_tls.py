"""TLS: a load over it, and nothing without a certificate that is trusted."""
import servers
import stub_client
import tables
from tables import check, environment, run


def refused(arguments, env, says):
    done = run(*arguments, env=env, code=2)
    lines = done.stderr.splitlines()
    check(len(lines) == 1 and all(word in lines[0] for word in says),
          f"one line that says {says}: {done.stderr}")
    check(done.stdout == "", f"no result: {done.stdout}")


def test_trusted(server, index, folder):
    """By the variable, and by the profile."""
    wanted = tables.expected(index, "3569")
    config = folder / "config"
    config.write_text(f"[default]\nca_bundle = {server.certificate}\n")
    for table, env in (
            ("variable", environment(AWS_CA_BUNDLE=str(server.certificate))),
            ("profile", environment(AWS_CONFIG_FILE=str(config)))):
        where = ("--endpoint-url", server.url, "--table", table)
        run("table", "create", "-q", *where, env=env)
        run("load", "-i", index, *where, env=env)
        tables.compare(stub_client.items(server, table), wanted, table)
        run("check", "-i", index, "--full", *where, env=env)


def test_not_trusted(server, index, folder):
    load = ("load", "-i", index, "--endpoint-url", server.url,
            "--table", "variable")
    before = stub_client.received(server, "variable")
    refused(load, environment(), ("certificate", server.url))
    other = folder / "other"
    other.mkdir()
    with servers.stub(tls=other) as impostor:
        refused(load, environment(AWS_CA_BUNDLE=str(impostor.certificate)),
                ("certificate", server.url))
    check(stub_client.received(server, "variable") == before, "nothing sent")


def test_bad_bundle(server, index, folder):
    load = ("load", "-i", index, "--endpoint-url", server.url,
            "--table", "variable")
    none = str(folder / "none.pem")
    refused(load, environment(AWS_CA_BUNDLE=none), ("AWS_CA_BUNDLE", none))
    empty = folder / "empty.pem"
    empty.write_text("no certificate\n")
    refused(load, environment(AWS_CA_BUNDLE=str(empty)), (str(empty),))


def main():
    with tables.work_folder() as folder:
        with servers.stub(tls=folder) as server:
            index = tables.build(folder / "p3569.mdb", "3569")
            test_trusted(server, index, folder)
            test_not_trusted(server, index, folder)
            test_bad_bundle(server, index, folder)
    print("all as it should be")


if __name__ == "__main__":
    main()
