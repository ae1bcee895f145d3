using System.Security.Cryptography;
using System.Text;
using PartnerPlatform.Identity.Keys;

namespace PartnerPlatform.Identity.Provider;

/// <summary>
/// Who someone at the provider is here: made of issuer and subject alone, which the provider never gives to another person. Names and e-mail addresses
/// change hands, and are no part of it.
/// </summary>
internal sealed class PersonIds(MasterKey key)
{
    private const int Digits = 32;

    public string Of(Uri issuer, string subject) =>
        $"person-{Convert.ToHexStringLower(HMACSHA256.HashData(key.PersonIds, Encoding.UTF8.GetBytes($"{issuer.AbsoluteUri}\n{subject}")))[..Digits]}";
}
