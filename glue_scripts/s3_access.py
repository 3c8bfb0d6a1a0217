"""S3 from Spark on this machine: the endpoint, account and certificates that other AWS clients of this shell have."""

from collections.abc import Mapping

from pyspark.sql import SparkSession

SCHEMES = ("s3://", "s3a://")
_TRUSTSTORE_PASSWORD = "changeit"  # noqa: S105  (certificates are public; Java wants some password to check the file)


def s3_conf(environ: Mapping[str, str]) -> dict[str, str]:
    """Return Spark's settings for `s3a://` and `s3://`, from the variables that every AWS SDK knows."""
    conf = {
        "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "spark.hadoop.fs.s3a.aws.credentials.provider": "com.amazonaws.auth.DefaultAWSCredentialsProviderChain",
    }
    endpoint = environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL")
    if endpoint:
        # A host of one's own rarely answers to names of buckets.
        conf |= {"spark.hadoop.fs.s3a.endpoint": endpoint, "spark.hadoop.fs.s3a.path.style.access": "true"}
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    if region:
        conf["spark.hadoop.fs.s3a.endpoint.region"] = region
    return conf


def trust(spark: SparkSession, bundle: str) -> None:
    """Let the session's Java trust the certificates in `bundle` (PEM), as AWS_CA_BUNDLE has it, and no others.

    To be called before anything is opened on S3.
    """
    assert spark._jvm is not None  # noqa: S101
    java = spark._jvm.java
    store = java.security.KeyStore.getInstance("PKCS12")
    store.load(None, None)
    stream = java.io.FileInputStream(bundle)
    try:
        certificates = java.security.cert.CertificateFactory.getInstance("X.509").generateCertificates(stream)
    finally:
        stream.close()
    for number, certificate in enumerate(certificates):
        store.setCertificateEntry(f"ca-{number}", certificate)
    # A Java string becomes one of Python on the way: characters go one by one.
    password = spark.sparkContext._gateway.new_array(spark._jvm.char, len(_TRUSTSTORE_PASSWORD))  # type: ignore[union-attr]
    for place, character in enumerate(_TRUSTSTORE_PASSWORD):
        password[place] = character
    path = java.io.File.createTempFile("autocorp-trust", ".p12")
    path.deleteOnExit()
    kept = java.io.FileOutputStream(path)
    try:
        store.store(kept, password)
    finally:
        kept.close()
    java.lang.System.setProperty("javax.net.ssl.trustStore", path.getPath())
    java.lang.System.setProperty("javax.net.ssl.trustStorePassword", _TRUSTSTORE_PASSWORD)
    java.lang.System.setProperty("javax.net.ssl.trustStoreType", "PKCS12")
