"""A server that speaks S3, of one test's own."""

from moto.server import ThreadedMotoServer


class S3Server:
    """Keeps what it was given when it is stopped and started again, at the same address."""

    port = 0

    def start(self) -> None:
        self.running = ThreadedMotoServer(ip_address="127.0.0.1", port=self.port)
        self.running.start()
        _, self.port = self.running.get_host_and_port()

    def stop(self) -> None:
        self.running.stop()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settings(self, bucket: str) -> dict[str, str]:
        """The environment of a machine that uses this bucket."""
        return {
            "S3_BUCKET": bucket,
            "S3_ENDPOINT_URL": self.address,
            "S3_REGION": "us-east-1",
            "S3_ACCESS_KEY": "key",
            "S3_SECRET_KEY": "secret",
        }
