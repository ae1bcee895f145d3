using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace PartnerPlatform.Identity.Keys;

/// <summary>The keys of cookies and forms lie in the database under the master key, as the signing keys do.</summary>
internal sealed class WrappedXmlEncryptor(MasterKey master) : IXmlEncryptor
{
    public const string Purpose = "data protection";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement) => new(
        new XElement("wrapped", Convert.ToBase64String(master.Wrap(Purpose, Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting))))),
        typeof(WrappedXmlDecryptor));
}

/// <summary>Made by name, from what the key in the database says.</summary>
internal sealed class WrappedXmlDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var master = services.GetRequiredService<MasterKey>();
        return XElement.Parse(Encoding.UTF8.GetString(master.Unwrap(WrappedXmlEncryptor.Purpose, Convert.FromBase64String(encryptedElement.Value))));
    }
}
